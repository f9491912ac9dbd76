import type { LogQuery } from '../../../docker/client/call-options.ts';
import type { LogLine } from './line.ts';

/**
 * Lines read before a window and not shown. A window may begin in the middle of a long line or of a key, and only what
 * comes before tells that: a key has up to 52 lines with 4096 bits, and an engine counts each 16 KiB of a line.
 */
const LEAD_IN = 64;
/** Seconds read before a window that begins at a time. */
const LEAD_IN_S = 2;

/** A query that begins before the one asked for, and which of its lines are before that. */
export interface Widened {
  readonly window: LogQuery;
  isBefore(line: LogLine): boolean;
}

/**
 * Widens a query; the last `tail` lines of its answer are the window. With `isSearch`, a query without timestamps is left
 * as it is: reading them would slow a search down.
 */
export function withLeadIn(asked: LogQuery, isSearch: boolean): Widened {
  const tail = typeof asked.tail === 'number' && asked.tail > 0 ? asked.tail + LEAD_IN : asked.tail;
  const { since } = asked;
  if (since === undefined || (isSearch && !asked.timestamps))
    return { window: { ...asked, tail }, isBefore: () => false };
  return {
    window: { ...asked, tail, since: Math.max(0, since - LEAD_IN_S), timestamps: true },
    isBefore: ({ at }) => at !== undefined && Date.parse(at) < since * 1000,
  };
}

/**
 * Follows a log from its last `tail` lines on. They are read once before, so that following can begin at the lead-in and
 * leave out what comes before them.
 */
export async function* followLast(
  tail: number,
  read: (query: Partial<LogQuery>) => AsyncIterable<readonly LogLine[]>,
): AsyncGenerator<readonly LogLine[]> {
  const last: LogLine[] = [];
  if (tail > 0) for await (const lines of read({ tail: tail + LEAD_IN, follow: false })) last.push(...lines);
  const begin = last[0]?.at;
  const first = last.at(-tail)?.at ?? begin;
  if (begin === undefined || first === undefined) return yield* read({ tail, follow: true });
  // A number of lines is counted before the time: it only bounds what is read again.
  const window = { tail: 10_000, since: Math.floor(Date.parse(begin)) / 1000, follow: true };
  for await (const lines of read(window)) {
    const shown = lines.filter(({ at }) => at === undefined || at >= first);
    if (shown.length > 0) yield shown;
  }
}
