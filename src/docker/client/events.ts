import { time } from '../shapes/fields.ts';
import type { Call } from './dial.ts';
import { EngineError } from './engine-error.ts';
import { pathId } from './ids.ts';
import type { Link } from './link.ts';
import { readEvents } from './read-events.ts';

/** Enough for the 256 events that an engine keeps of all containers. */
const MAX_BYTES = 256 * 1024;

/** Something that happened to a container. */
export interface ContainerEvent {
  /** `die`, `oom`, `kill`, `start`, `stop`, `health_status: unhealthy`. */
  readonly action: string;
  /** Unix milliseconds by the engine's clock. */
  readonly at: number;
  /** Of `die`. */
  readonly exitCode: number | undefined;
  /** Of `kill`: `15`. */
  readonly signal: string | undefined;
}

/** Two times of the engine, RFC 3339, both past there. */
export interface Between {
  readonly since: string;
  readonly until: string;
}

/** The events of one container between two of the engine's own times, oldest first; an engine keeps only 256 of all containers. */
export async function containerEvents(
  link: Link,
  id: string,
  { since, until }: Between,
  { signal, deadlineMs }: Pick<Call, 'signal' | 'deadlineMs'>,
): Promise<ContainerEvent[]> {
  const filters = JSON.stringify({ type: ['container'], container: [decodeURIComponent(pathId('container', id))] });
  // Both times have passed on the engine, so it answers at once whatever the clock says here.
  const query = { since: toSeconds(since), until: toSeconds(until), filters };
  const found = await readEvents(link, query, { signal, deadlineMs, mostBytes: MAX_BYTES });
  return found.flatMap(eventOf);
}

interface RawEvent {
  readonly Action?: unknown;
  readonly time?: unknown;
  readonly timeNano?: unknown;
  readonly Actor?: { readonly Attributes?: Readonly<Record<string, unknown>> | null };
}

const MAX_WORD = 60;

function eventOf(event: RawEvent): ContainerEvent[] {
  if (typeof event.Action !== 'string') return [];
  // The events of an exec carry its whole command line.
  const action = event.Action.startsWith('exec_') ? (event.Action.split(':')[0] ?? '') : event.Action;
  const { exitCode, signal } = event.Actor?.Attributes ?? {};
  return [
    {
      action: action.slice(0, MAX_WORD),
      at: momentOf(event),
      exitCode: typeof exitCode === 'string' && /^\d{1,3}$/u.test(exitCode) ? Number(exitCode) : undefined,
      signal: typeof signal === 'string' && /^\w{1,12}$/u.test(signal) ? signal : undefined,
    },
  ];
}

const momentOf = ({ time: seconds, timeNano }: RawEvent): number =>
  typeof timeNano === 'number' ? timeNano / 1e6 : typeof seconds === 'number' ? seconds * 1000 : 0;

/** Unix seconds of an engine's date, to the nanosecond: `1795863600.000000001`. */
function toSeconds(date: string): string {
  const ms = time(date);
  if (ms === undefined) throw new EngineError('refused', 'Not a date.');
  const fraction = /\.(\d{1,9})/u.exec(date)?.[1] ?? '';
  return `${Math.floor(ms / 1000)}.${fraction.padEnd(9, '0')}`;
}
