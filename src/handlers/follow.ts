import type { LogsArgs } from '../commands/logs.ts';
import { UserError } from '../errors.ts';
import type { LineFilter } from './line-filter.ts';
import type { LogLine } from './log-lines.ts';
import type { FollowReport } from './logs.ts';
import type { Deps, Request, Run } from './types.ts';

const DEFAULT_MS = 10 * 60_000;
const LONGEST_MS = 60 * 60_000;
const SHOWN_LINES = 40;
const SHOWN_TEXT = 2600;
const FOLLOWS_EACH = 3;

interface Followed {
  readonly request: Request<LogsArgs>;
  readonly deps: Deps;
  readonly run: Run<FollowReport>;
  readonly filter: LineFilter;
  readonly host: string;
  readonly container: string;
  lines(signal: AbortSignal): AsyncIterable<LogLine[]>;
}

/** Follows a log until its time is up, the container ends, its person stops it, or the process shuts down. */
export async function follow({ request, deps, run, filter, host, container, lines }: Followed): Promise<FollowReport> {
  if (deps.live.count(request.person) >= FOLLOWS_EACH)
    throw new UserError('busy', `You already follow ${FOLLOWS_EACH} logs; stop one first.`);
  const forMs = Math.min(request.args.for ?? DEFAULT_MS, LONGEST_MS);
  const until = deps.now() + forMs;
  const time = AbortSignal.timeout(forMs);
  const live = deps.live.start(request.id, request.person, run.signal);
  let shown: LogLine[] = [];
  let seen = 0;
  const report = (ended: FollowReport['ended']): FollowReport => ({
    kind: 'follow',
    id: request.id,
    host,
    container,
    lines: shown,
    seen,
    skipped: seen - shown.length,
    until,
    ended,
    failures: [],
    audit: `${seen} lines, ended: ${ended ?? 'no'}`,
  });
  const why = (): FollowReport['ended'] =>
    live.stoppedBy() !== undefined ? 'stopped' : run.signal.aborted ? 'shutdown' : time.aborted ? 'time' : 'container';
  run.progress(report(undefined));
  try {
    for await (const batch of lines(AbortSignal.any([live.signal, time]))) {
      const matching = batch.filter((line) => filter(line.text));
      if (matching.length === 0) continue;
      seen += matching.length;
      shown = lastThatFit([...shown, ...matching]);
      run.progress(report(undefined));
    }
  } catch (error) {
    // The stream is ended by our own signal in three of the four ways; anything else is a real failure.
    if (why() === 'container') throw error;
  } finally {
    live.end();
  }
  return report(why());
}

function lastThatFit(lines: readonly LogLine[]): LogLine[] {
  const kept: LogLine[] = [];
  let text = 0;
  for (const line of lines.toReversed()) {
    const short = line.text.length > 500 ? { ...line, text: `${line.text.slice(0, 500)} […]` } : line;
    text += short.text.length + 1;
    if (kept.length === SHOWN_LINES || text > SHOWN_TEXT) break;
    kept.push(short);
  }
  return kept.reverse();
}
