import { parseJson } from '../../paced/json.ts';
import { createPace } from '../../paced/pace.ts';
import type { Call } from './dial.ts';
import { EngineError } from './engine-error.ts';
import type { Link } from './link.ts';

const NEWLINE = 10;

/** Which events: both times in Unix seconds and past, or the engine would wait for them. */
export interface EventQuery {
  readonly since: string;
  readonly until: string;
  /** As JSON. */
  readonly filters: string;
}

/**
 * Reads the events between two times, as the engine gives them, oldest first; what is no JSON object is left out. Rejects
 * with the fault `too_large` beyond `mostBytes`.
 */
export async function readEvents(
  link: Link,
  query: EventQuery,
  { signal, deadlineMs, mostBytes }: Pick<Call, 'signal' | 'deadlineMs'> & { readonly mostBytes: number },
): Promise<object[]> {
  const stream = await link.stream({ method: 'GET', path: '/events', query: { ...query }, signal, deadlineMs });
  const pace = createPace();
  const events: object[] = [];
  try {
    for await (const line of linesOf(stream as AsyncIterable<Buffer>, mostBytes)) {
      events.push(...(await parseEvent(line)));
      await pace();
    }
  } finally {
    stream.destroy();
  }
  return events;
}

async function* linesOf(chunks: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<readonly Buffer[]> {
  const pace = createPace();
  let bytes = 0;
  let parts: Buffer[] = [];
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new EngineError('too_large', 'more events than an engine keeps');
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      parts.push(chunk.subarray(start, end));
      // Lines of nothing are not worth a turn each.
      if (end > start || parts.length > 1) yield parts;
      parts = [];
      start = end + 1;
    }
    parts.push(chunk.subarray(start));
    await pace();
  }
  yield parts;
}

async function parseEvent(line: readonly Buffer[]): Promise<object[]> {
  try {
    const event = await parseJson(line);
    return typeof event === 'object' && event !== null ? [event] : [];
  } catch {
    return [];
  }
}
