import { createPace } from '../../paced/pace.ts';
import type { Call } from './dial.ts';
import { EngineError } from './engine-error.ts';
import type { Link } from './link.ts';

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
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      if (bytes > mostBytes) throw new EngineError('too_large', 'more events than an engine keeps');
    }
  } finally {
    stream.destroy();
  }
  const pace = createPace();
  const events: object[] = [];
  for (const line of Buffer.concat(parts).toString('utf8').split('\n')) {
    events.push(...parseEvent(line));
    await pace();
  }
  return events;
}

function parseEvent(line: string): object[] {
  try {
    const event = JSON.parse(line) as unknown;
    return typeof event === 'object' && event !== null ? [event] : [];
  } catch {
    return [];
  }
}
