import { momentAt } from '../commands/duration.ts';
import type { LogsArgs } from '../commands/logs.ts';
import type { Container, Engine, LogQuery } from '../docker/engine.ts';
import { UserError } from '../errors.ts';
import { createRedactor, secretValues } from '../policy/redact.ts';
import { findContainer, noContainer } from './find-container.ts';
import { follow } from './follow.ts';
import { compileFilter, type LineFilter } from './line-filter.ts';
import { type LogLine, logLines } from './log-lines.ts';
import { settle, timed } from './over-hosts.ts';
import type { Deps, Handler, Request, Run, Timed } from './types.ts';

export interface HostLog {
  readonly host: string;
  readonly container: string;
  readonly lines: readonly LogLine[];
  /** How many lines matched; more than are in `lines` when the oldest were dropped. */
  readonly matched: number;
  readonly scanned: number;
  readonly state: string;
}

export interface LogsResult extends Timed {
  readonly kind: 'logs';
  readonly hosts: readonly HostLog[];
  readonly grep: string | undefined;
}

export interface FollowReport {
  readonly kind: 'follow';
  readonly id: string;
  readonly host: string;
  readonly container: string;
  readonly lines: readonly LogLine[];
  readonly seen: number;
  readonly skipped: number;
  readonly until: number;
  /** Why it is over; undefined while it runs. */
  readonly ended: 'time' | 'stopped' | 'container' | 'shutdown' | undefined;
  readonly failures: readonly never[];
  readonly audit: string;
}

const DEFAULT_LINES = 100;
const MAX_LINES = 10_000;
const MAX_TEXT = 900_000;
/** A search reads the whole log; this is how long it may take. */
const SEARCH_DEADLINE_MS = 120_000;

export const logs: Handler<LogsArgs, LogsResult | FollowReport, FollowReport> = async (request, deps, run) => {
  const { args } = request;
  if (args.invert && args.grep === undefined) throw new UserError('bad_input', '`-v` needs `--grep <pattern>`.');
  if (args.for !== undefined && !args.follow) throw new UserError('bad_input', '`--for` needs `-f`.');
  const filter = compileFilter(args.grep, args.invert);
  const places = await findAll(request, deps, run.signal);
  if (!args.follow) return readAll(request, deps, run, places, filter);
  const place = places.values[0];
  if (places.values.length !== 1 || !place) {
    throw new UserError(
      'ambiguous',
      `\`${args.container}\` is on ${places.values.map((item) => item.host).join(' and ')}; one log can be followed at a time.`,
      `Add \`@${place?.host ?? 'host'}\`.`,
    );
  }
  const { engine, container, redact, tty } = await prepare(place.host, place.value, deps, run.signal);
  const chunks = (signal: AbortSignal) =>
    engine.logs(
      container.id,
      {
        ...query(request, tty, deps.now()),
        tail: typeof args.tail === 'number' ? Math.min(args.tail, 40) : 10,
        follow: true,
      },
      { signal },
    );
  return follow({
    request,
    deps,
    run,
    filter,
    host: place.host,
    container: nameOf(container),
    lines: (signal) => logLines(chunks(signal), redact),
  });
};

type Places = Awaited<ReturnType<typeof findAll>>;

async function findAll(request: Request<LogsArgs>, deps: Deps, signal: AbortSignal) {
  const outcomes = await deps.hosts.each(
    request.hosts,
    (engine) => findContainer(engine, request.args.container, signal),
    { signal },
  );
  // Typed text that means two containers is a mistake of the person, not of the host.
  const { values, failures } = settle(outcomes, deps.redact);
  const found = values.flatMap(({ host, value }) => (value.found ? [{ host, value: value.found }] : []));
  if (found.length === 0 && failures.length === 0)
    throw noContainer(
      request.args.container,
      request.hosts,
      values.flatMap(({ value }) => value.names),
    );
  return { values: found, failures };
}

async function readAll(
  request: Request<LogsArgs>,
  deps: Deps,
  run: Run,
  places: Places,
  filter: LineFilter,
): Promise<LogsResult> {
  const containers = new Map(places.values.map(({ host, value }) => [host, value]));
  const outcomes = await deps.hosts.each(
    [...containers.keys()],
    (_, host) => readOne(request, deps, run.signal, host, containers.get(host) as Container, filter),
    { signal: run.signal, deadlineMs: SEARCH_DEADLINE_MS },
  );
  const { values, failures } = settle(outcomes, deps.redact);
  return {
    kind: 'logs',
    ...timed(request.at, deps.now(), [...places.failures, ...failures]),
    hosts: values.map(({ value }) => value),
    grep: request.args.grep,
  };
}

async function readOne(
  request: Request<LogsArgs>,
  deps: Deps,
  signal: AbortSignal,
  host: string,
  found: Container,
  filter: LineFilter,
): Promise<HostLog> {
  const { engine, container, redact, tty } = await prepare(host, found, deps, signal);
  const keep = new LastLines(limitOf(request.args), MAX_TEXT);
  let scanned = 0;
  for await (const batch of logLines(engine.logs(container.id, query(request, tty, deps.now()), { signal }), redact)) {
    for (const line of batch) {
      scanned += 1;
      if (filter(line.text)) keep.push(line);
    }
  }
  return {
    host,
    container: nameOf(container),
    lines: keep.lines(),
    matched: keep.matched,
    scanned,
    state: container.status,
  };
}

async function prepare(
  host: string,
  container: Container,
  deps: Deps,
  signal: AbortSignal,
): Promise<{ engine: Engine; container: Container; redact: (text: string) => string; tty: boolean }> {
  const engine = deps.hosts.engine(host);
  const detail = await engine.inspectContainer(container.id, { signal });
  const own = createRedactor(secretValues(detail.env));
  return { engine, container, redact: (text) => deps.redact(own(text)), tty: detail.tty };
}

// `since` alone makes the engine read the whole file, and `tail` is counted before `until`: so a past window has no tail,
// a search has none either, and everything else has one.
function query(request: Request<LogsArgs>, tty: boolean, now: number): LogQuery {
  const { args } = request;
  const since = args.since === undefined ? undefined : momentAt(args.since, now) / 1000;
  const until = args.until === undefined ? undefined : momentAt(args.until, now) / 1000;
  const whole = args.grep !== undefined || until !== undefined;
  return {
    tail: whole ? 'all' : (args.tail ?? (since === undefined ? DEFAULT_LINES : MAX_LINES)),
    since,
    until,
    timestamps: args.timestamps,
    follow: false,
    tty,
  };
}

function limitOf(args: LogsArgs): number {
  return typeof args.tail === 'number' ? Math.min(args.tail, MAX_LINES) : MAX_LINES;
}

export function nameOf(container: Container): string {
  return container.names[0] ?? container.id.slice(0, 12);
}

/** The last lines, bounded in number and in characters: a log of any size costs no more. */
class LastLines {
  matched = 0;
  readonly #most: number;
  readonly #mostText: number;
  #lines: LogLine[] = [];
  #first = 0;
  #text = 0;

  constructor(most: number, mostText: number) {
    this.#most = most;
    this.#mostText = mostText;
  }

  push(line: LogLine): void {
    this.matched += 1;
    this.#lines.push(line);
    this.#text += line.text.length + 1;
    while (
      this.#lines.length - this.#first > this.#most ||
      (this.#text > this.#mostText && this.#lines.length > this.#first)
    ) {
      this.#text -= (this.#lines[this.#first]?.text.length ?? 0) + 1;
      this.#first += 1;
    }
    // Dropping from the front one by one would move the whole array each time.
    if (this.#first > 4096 && this.#first * 2 > this.#lines.length) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
  }

  lines(): LogLine[] {
    return this.#lines.slice(this.#first);
  }
}
