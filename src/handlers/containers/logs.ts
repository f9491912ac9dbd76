import type { LogsArgs } from '../../commands/containers/logs.ts';
import type { LogQuery } from '../../docker/client/call-options.ts';
import type { Engine } from '../../docker/client/engine.ts';
import { EngineError } from '../../docker/client/engine-error.ts';
import type { Container } from '../../docker/client/types.ts';
import { momentAt } from '../../domain/duration.ts';
import { UserError } from '../../domain/errors.ts';
import { createPace } from '../../paced/pace.ts';
import { redactorOf } from '../../policy/redact.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { settle, timed } from '../over-hosts.ts';
import type { HostFailure, Request, Run } from '../request.ts';
import { unseenOn } from './find-container.ts';
import { follow } from './log/follow.ts';
import type { LogLine } from './log/line.ts';
import { compileFilter, type LineFilter } from './log/line-filter.ts';
import { logLines, searchLines } from './log/log-lines.ts';
import { followLast, withLeadIn } from './log/log-window.ts';
import type { FollowReport, HostLog, LogsResult } from './log/results.ts';
import type { LogSource } from './log/steady-log.ts';
import { type Place, selectContainers } from './select-containers.ts';

const DEFAULT_LINES = 100;

const MAX_LINES = 10_000;

const MAX_TEXT = 900_000;

/** Characters of a line that a pattern may take a millisecond for. */
const LONG_LINE = 2000;

/** A search reads the whole log; this is how long it may take. */
const SEARCH_DEADLINE_MS = 120_000;

export const logs = handler<LogsArgs, LogsResult | FollowReport, FollowReport>()(
  ['config', 'hosts', 'live', 'now', 'redact'],
  async (request, deps, run) => {
    const { args } = request;
    if (args.invert && args.grep === undefined) throw new UserError('bad_input', '`-v` needs `--grep <pattern>`.');
    if (args.for !== undefined && !args.follow) throw new UserError('bad_input', '`--for` needs `-f`.');
    const filter = compileFilter(args.grep, args.invert);
    const selecting = { signal: run.signal, onSeveralHosts: 'ask' as const };
    const { places, failures } = await selectContainers(request, [args.container], deps, selecting);
    const hosts = places.map(({ host }) => host);
    const [place] = places;
    if (!args.follow || !place) return readAll({ request, filter }, { places, failures }, deps, run);
    if (hosts.length > 1)
      throw new UserError(
        'ambiguous',
        `\`${args.container}\` is on ${hosts.join(' and ')}; one log can be followed at a time.`,
        `Add \`@${place.host}\`.`,
      );
    const engine = deps.hosts.engine(place.host);
    const { container } = place;
    const { redact, tty } = await prepare(engine, container, deps, run.signal);
    const asked = { ...query(request, tty, deps.now()), timestamps: true };
    const tail = typeof args.tail === 'number' ? Math.min(args.tail, 40) : 10;
    const read = (more: Partial<LogQuery>, signal: AbortSignal) =>
      logLines(engine.logs(container.id, { ...asked, ...more }, { signal }), redact, args.timestamps ? 'shown' : 'off');
    const source: LogSource = {
      open: (since, signal) =>
        since === undefined
          ? followLast(tail, (more) => read(more, signal))
          : read({ tail: MAX_LINES, since, follow: true }, signal),
      ended: (signal) => endOf(engine, container.id, signal),
    };
    return follow({
      request,
      deps,
      run,
      filter,
      host: place.host,
      container: nameOf(container),
      unseen: unseenOn(failures),
      source,
    });
  },
);

interface Reading {
  readonly request: Request<LogsArgs>;
  readonly filter: LineFilter;
}

async function readAll(
  { request, filter }: Reading,
  found: { readonly places: readonly Place[]; readonly failures: readonly HostFailure[] },
  deps: Pick<Deps, 'hosts' | 'now' | 'redact'>,
  run: Run<FollowReport, LogsResult | FollowReport>,
): Promise<LogsResult> {
  const containers = new Map(found.places.map(({ host, container }) => [host, container]));
  const outcomes = await deps.hosts.each(
    [...containers.keys()],
    // With the engine that is given: its calls end with the deadline, and a log that stalls gives its place back.
    (engine, host) =>
      readOne({ request, filter }, { engine, host, found: containers.get(host) as Container }, deps, run.signal),
    { signal: run.signal, deadlineMs: SEARCH_DEADLINE_MS },
  );
  const { values, failures } = settle(outcomes, deps.redact);
  return {
    kind: 'logs',
    ...timed(request, deps.now(), [...found.failures, ...failures]),
    hosts: values.map(({ value }) => value),
    grep: request.args.grep && deps.redact(request.args.grep),
  };
}

async function readOne(
  { request, filter }: Reading,
  { engine, host, found: container }: { readonly engine: Engine; readonly host: string; readonly found: Container },
  deps: Pick<Deps, 'now' | 'redact'>,
  signal: AbortSignal,
): Promise<HostLog> {
  const { redact, tty } = await prepare(engine, container, deps, signal);
  const { args } = request;
  const asked = query(request, tty, deps.now());
  const limit = typeof asked.tail === 'number' ? asked.tail : limitOf(args);
  const keep = new LastLines(limit, MAX_TEXT);
  const pace = createPace();
  let scanned = 0;
  const { window, isBefore } = withLeadIn(asked, args.grep !== undefined);
  const chunks = engine.logs(container.id, window, { signal });
  const stamps = args.timestamps ? 'shown' : window.timestamps ? 'off' : 'none';
  for await (const { lines, read } of searchLines(chunks, redact, stamps, filter.needs)) {
    scanned += read;
    for (const line of lines) {
      if (isBefore(line)) scanned -= 1;
      else if (filter(line.text)) keep.push(line);
      if (line.text.length > LONG_LINE) await pace();
    }
    await pace();
  }
  return {
    host,
    container: nameOf(container),
    lines: keep.lines(),
    matched: typeof asked.tail === 'number' ? Math.min(limit, keep.matched) : keep.matched,
    scanned,
    hasOlder: typeof asked.tail === 'number' && keep.matched > limit,
    state: container.status,
  };
}

async function prepare(
  engine: Engine,
  container: Container,
  deps: Pick<Deps, 'redact'>,
  signal: AbortSignal,
): Promise<{ redact: (text: string) => string; tty: boolean }> {
  const detail = await engine.inspectContainer(container.id, { signal });
  const own = redactorOf(detail.env);
  return { redact: (text) => deps.redact(own(text)), tty: detail.tty };
}

// A container that waits to be started again is over for who follows it, as with `docker logs -f`.
async function endOf(engine: Engine, id: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { running, restarting, exitCode } = await engine.inspectContainer(id, { signal });
    if (restarting) return `exited with code ${exitCode} and is being restarted`;
    return running ? undefined : `exited with code ${exitCode}`;
  } catch (error) {
    if (error instanceof EngineError && error.fault === 'not_found') return 'was removed';
    throw error;
  }
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
    // A copy of its own: a line cut from a larger text would keep all of that in memory.
    this.#lines.push({ ...line, text: Buffer.from(line.text).toString() });
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
