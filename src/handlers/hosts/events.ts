import type { EventsArgs } from '../../commands/hosts/events.ts';
import type { Filter } from '../../commands/language/filters.ts';
import type { Engine } from '../../docker/client/engine.ts';
import type { EngineEvent } from '../../docker/client/look-types.ts';
import { momentAt } from '../../domain/duration.ts';
import { UserError } from '../../domain/errors.ts';
import { cutHidden } from '../../text/cut.ts';
import { handler } from '../handler.ts';
import { overHosts, timed } from '../over-hosts.ts';
import { type Page, paged } from '../paged.ts';
import type { Timed } from '../request.ts';

export interface EventRow {
  readonly host: string;
  /** Unix milliseconds, by the host's clock. */
  readonly at: number;
  readonly type: string;
  readonly action: string;
  /** The name of what it happened to, or the beginning of its id. */
  readonly name: string;
  readonly image: string;
  /** `exit 137`, `signal 15`. */
  readonly detail: string;
}

export interface EventsResult extends Timed, Page<EventRow> {
  readonly hosts: readonly string[];
  readonly since: number;
  readonly until: number;
  /** Hosts whose engine no longer has the beginning of that time, and from when it has events. */
  readonly uncovered: readonly { readonly host: string; readonly from: number }[];
  /** Events of execs, which health checks make by the dozen, where nobody asked for them. */
  readonly execs: number;
}

/** An engine keeps its last events, this many of all kinds. */
const KEPT = 256;
const DEFAULT_MS = 3_600_000;
const PAGE_ROWS = 30;
const MOST_TEXT = 300;

export const events = handler<EventsArgs, EventsResult>()(['hosts', 'now', 'redact'], async (request, deps, run) => {
  const { args } = request;
  const now = deps.now();
  const since = args.since === undefined ? now - DEFAULT_MS : momentAt(args.since, now);
  const until = Math.min(now, args.until === undefined ? now : momentAt(args.until, now));
  if (since >= until) throw new UserError('bad_input', '`--since` is not before `--until`.');
  const filters: readonly Filter[] = [
    ...args.filter,
    ...args.container.map((value) => ({ key: 'container', value }) as const),
  ];
  const wantsExecs = filters.some(({ key, value }) => key === 'event' && value.startsWith('exec_'));
  const read = async (engine: Engine): Promise<HostEvents> => {
    // All of them, whatever is wanted: how many there are tells whether the engine has forgotten some.
    const all = await engine.listEvents({ since, until }, { signal: run.signal });
    const wanted = all.filter((event) => matches(event, filters));
    const shown = wantsExecs ? wanted : wanted.filter((event) => !isExec(event));
    return {
      total: shown.length,
      execs: wanted.length - shown.length,
      from: all.length >= KEPT ? all[0]?.at : undefined,
      first: shown.toSorted(newestFirst).slice(0, args.page * PAGE_ROWS),
    };
  };
  return overHosts(request, deps, run, {
    each: read,
    resultOf: ({ values, failures }) => {
      const found = values.flatMap(({ host, value }) => value.first.map((event) => ({ host, event })));
      const page = paged(
        found.toSorted((a, b) => newestFirst(a.event, b.event)),
        args.page,
        PAGE_ROWS,
        values.reduce((sum, { value }) => sum + value.total, 0),
      );
      return {
        ...timed(request, deps.now(), failures),
        ...page,
        rows: page.rows.map(({ host, event }) => rowOf(host, event, deps.redact)),
        hosts: values.map(({ host }) => host),
        since,
        until,
        uncovered: values.flatMap(({ host, value: { from } }) =>
          from !== undefined && from > since ? [{ host, from }] : [],
        ),
        execs: values.reduce((sum, { value }) => sum + value.execs, 0),
      };
    },
  });
});

/** What is kept of a host: its counts, and the events that a page may show. */
interface HostEvents {
  readonly total: number;
  /** Events of execs that are not shown. */
  readonly execs: number;
  /** The oldest event that the engine has, where it may have forgotten older ones. */
  readonly from: number | undefined;
  readonly first: readonly EngineEvent[];
}

const newestFirst = (a: EngineEvent, b: EngineEvent) => b.at - a.at;

const isExec = ({ action }: EngineEvent) => action.startsWith('exec_');

/** As docker filters: values of one key are alternatives, keys belong together. */
function matches(event: EngineEvent, filters: readonly Filter[]): boolean {
  const byKey = Map.groupBy(filters, ({ key }) => key);
  return [...byKey].every(([key, all]) => all.some(({ value }) => matchesOne(event, key, value)));
}

function matchesOne({ type, action, id, attributes }: EngineEvent, key: string, value: string): boolean {
  const of = (name: string) => (Object.hasOwn(attributes, name) ? (attributes[name] ?? '') : '');
  if (key === 'type') return type === value;
  if (key === 'event') return action === value || action.split(':')[0] === value;
  if (key === 'label') {
    const [name = '', ...rest] = value.split('=');
    return Object.hasOwn(attributes, name) && (rest.length === 0 || attributes[name] === rest.join('='));
  }
  const isId = /^[0-9a-f]{4,64}$/u.test(value) && id.replace('sha256:', '').startsWith(value);
  if (key === 'image') return type === 'image' ? isId || of('name') === value || id === value : of('image') === value;
  // A network's or volume's event names the container that it was connected to.
  if (key === 'container')
    return type === 'container' ? isId || of('name') === value : of('container').startsWith(value);
  return type === key && (isId || of('name') === value || id === value);
}

/** A name whose digest or id has 12 characters, as docker shows them. */
const shortened = (name: string) => name.replace(/(?:sha256:)?\b([0-9a-f]{12})[0-9a-f]{52}\b/u, '$1');

function rowOf(
  host: string,
  { at, type, action, id, attributes }: EngineEvent,
  redact: (text: string) => string,
): EventRow {
  const of = (name: string) => (Object.hasOwn(attributes, name) ? (attributes[name] ?? '') : '');
  const hidden = (text: string) => cutHidden(text, MOST_TEXT, redact);
  const [word = '', ...command] = action.split(': ');
  const code = of('exitCode');
  const signal = of('signal');
  return {
    host,
    at,
    type: hidden(type),
    action: hidden(word),
    name: hidden(shortened(of('name') || id)),
    image: type === 'container' ? hidden(shortened(of('image'))) : '',
    detail: [code === '' ? '' : `exit ${code}`, signal === '' ? '' : `signal ${signal}`, command.join(': ')]
      .filter((part) => part !== '')
      .map(hidden)
      .join(', '),
  };
}
