import type { Call } from './dial.ts';
import { EngineError } from './engine-error.ts';
import { readEvents } from './events.ts';
import { pathId } from './ids.ts';
import type { Link } from './link.ts';

/** Enough for the 256 events that an engine keeps of all containers. */
const MAX_BYTES = 256 * 1024;

/** Reads from an engine's events how a container last exited between two of the engine's own times (RFC 3339). */
export async function endOfRun(
  link: Link,
  id: string,
  { since, until }: { readonly since: string; readonly until: string },
  { signal, deadlineMs }: Pick<Call, 'signal' | 'deadlineMs'>,
): Promise<{ readonly exitCode: number | undefined; readonly outOfMemory: boolean }> {
  const filters = JSON.stringify({ type: ['container'], container: [decodeURIComponent(pathId('container', id))] });
  // Both times have passed on the engine, so it answers at once whatever the clock says here.
  const query = { since: toSeconds(since), until: toSeconds(until), filters };
  const found = await readEvents(link, query, { signal, deadlineMs, mostBytes: MAX_BYTES });
  const events: readonly Event[] = found;
  const died = events.findLast(({ Action }) => Action === 'die');
  const code = died?.Actor?.Attributes?.['exitCode'];
  return {
    exitCode: typeof code === 'string' && /^\d{1,3}$/u.test(code) ? Number(code) : undefined,
    outOfMemory: events.some(({ Action }) => Action === 'oom'),
  };
}

interface Event {
  readonly Action?: unknown;
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, unknown>> };
}

/** Unix seconds of an engine's date, to the nanosecond: `1795863600.000000001`. */
function toSeconds(date: string): string {
  const ms = Date.parse(date);
  if (!(ms > 0)) throw new EngineError('refused', 'Not a date.');
  const fraction = /\.(\d{1,9})/u.exec(date)?.[1] ?? '';
  return `${Math.floor(ms / 1000)}.${fraction.padEnd(9, '0')}`;
}
