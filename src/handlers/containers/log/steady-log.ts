import { setTimeout as pause } from 'node:timers/promises';
import { EngineError, type EngineFault } from '../../../docker/client/engine-error.ts';
import type { LogLine } from './line.ts';
import { Bookmark } from './log-stamps.ts';

/** What a followed log is read from. */
export interface LogSource {
  /** Opens the log with timestamps, from `since` (Unix seconds) or, without it, from where the person asked. */
  open(since: number | undefined, signal: AbortSignal): AsyncIterable<readonly LogLine[]>;
  /** How the container ended, in words; undefined while it runs. Rejects with an `EngineError` when nobody knows. */
  ended(signal: AbortSignal): Promise<string | undefined>;
}

/** What a reader learns besides lines. */
export type LogNews =
  | { readonly kind: 'lines'; readonly lines: readonly LogLine[] }
  /** The connection is gone; it is taken up again shortly. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'back'; readonly gap: boolean }
  | { readonly kind: 'ended'; readonly how: string }
  | { readonly kind: 'given-up' };

/** Waits between tries; after the last one it is given up. Together about 16 s. */
const WAITS_MS = [250, 500, 1000, 2000, 4000, 8000];
/** A connection that held this long was a good one, and the tries begin anew. */
const GOOD_MS = 10_000;
const PASSING: ReadonlySet<EngineFault> = new Set(['unreachable', 'timeout', 'aborted', 'busy']);

/**
 * A log that is followed across broken connections: proxies cut streams that are quiet, and that is not the container's
 * end. Rejects with the caller's own signal, and with what no other try would mend.
 */
export async function* steadyLog(source: LogSource, signal: AbortSignal): AsyncGenerator<LogNews> {
  const bookmark = new Bookmark();
  for (let failed = 0, opened = 0; ; ) {
    const began = performance.now();
    let fresh = false;
    try {
      const since = bookmark.since();
      // What was read last comes first; a log that is empty so far has nothing to show for it.
      let away = opened > 0;
      if (away && since === undefined) yield { kind: 'back', gap: false };
      for await (const batch of source.open(since, signal)) {
        const lines = batch.filter((line) => bookmark.isNew(line));
        if (away && since !== undefined) yield { kind: 'back', gap: bookmark.gap };
        away = false;
        if (lines.length === 0) continue;
        fresh = true;
        yield { kind: 'lines', lines };
      }
    } catch (error) {
      if (signal.aborted || !passes(error, opened > 0)) throw error;
    }
    opened += 1;
    if (fresh || performance.now() - began > GOOD_MS) failed = 0;
    let now = await stateOf(source, signal);
    if (now.kind !== 'ended') yield { kind: 'lost' };
    // Asked again after the wait: an engine ends the log a moment before it says that the container has ended.
    while (now.kind !== 'ended') {
      const wait = WAITS_MS[failed];
      if (wait === undefined) return yield { kind: 'given-up' };
      failed += 1;
      await pause(wait, undefined, { signal });
      now = await stateOf(source, signal);
      if (now.kind === 'running') break;
    }
    if (now.kind === 'ended') return yield now;
    bookmark.takeUp();
  }
}

type State = { readonly kind: 'running' | 'unknown' } | { readonly kind: 'ended'; readonly how: string };

async function stateOf(source: LogSource, signal: AbortSignal): Promise<State> {
  try {
    const how = await source.ended(signal);
    return how === undefined ? { kind: 'running' } : { kind: 'ended', how };
  } catch (error) {
    if (signal.aborted || !passes(error, true)) throw error;
    return { kind: 'unknown' };
  }
}

// What was read once can be read again, so a proxy's own "502 Bad Gateway" in between is not the engine's last word.
function passes(error: unknown, readBefore: boolean): boolean {
  if (!(error instanceof EngineError)) return false;
  return PASSING.has(error.fault) || (readBefore && (error.fault === 'protocol' || (error.status ?? 0) > 501));
}
