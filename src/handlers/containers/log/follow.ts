import type { LogsArgs } from '../../../commands/containers/logs.ts';
import { UserError } from '../../../domain/errors.ts';
import type { Deps } from '../../deps.ts';
import type { Request, Run } from '../../request.ts';
import type { LogLine } from './line.ts';
import type { LineFilter } from './line-filter.ts';
import type { FollowReport } from './results.ts';
import { lastThatFit } from './shown-lines.ts';
import { type LogNews, type LogSource, steadyLog } from './steady-log.ts';

const DEFAULT_MS = 10 * 60_000;
const LONGEST_MS = 60 * 60_000;
const FOLLOWS_EACH = 3;

interface Followed {
  readonly request: Request<LogsArgs>;
  readonly deps: Pick<Deps, 'live' | 'now'>;
  readonly run: Run<FollowReport>;
  readonly filter: LineFilter;
  readonly host: string;
  readonly container: string;
  readonly source: LogSource;
}

/** Follows a log until its time is up, the container ends, its person stops it, or the process shuts down. */
export async function follow({ request, deps, run, filter, host, container, source }: Followed): Promise<FollowReport> {
  if (deps.live.count(request.person) >= FOLLOWS_EACH)
    throw new UserError('busy', `You already follow ${FOLLOWS_EACH} logs; stop one first.`);
  const forMs = Math.min(request.args.for ?? DEFAULT_MS, LONGEST_MS);
  const until = deps.now() + forMs;
  const time = AbortSignal.timeout(forMs);
  const live = deps.live.start(request.id, request.person, run.signal);
  let shown: LogLine[] = [];
  let seen = 0;
  let how: string | undefined;
  let connection = { lost: false, reconnects: 0, gap: false };
  const report = (ended: FollowReport['ended']): FollowReport => ({
    kind: 'follow',
    id: request.id,
    host,
    container,
    lines: shown,
    seen,
    skipped: seen - shown.length,
    until,
    ...connection,
    ended,
    how,
    failures: [],
    audit: `${seen} lines, ended: ${ended ?? 'no'}`,
  });
  // Our own three ways to end it come first; undefined when it was none of them.
  const why = (): FollowReport['ended'] =>
    live.stoppedBy() !== undefined ? 'stopped' : run.signal.aborted ? 'shutdown' : time.aborted ? 'time' : undefined;
  const hear = (news: LogNews) => {
    if (news.kind === 'ended') how = news.how;
    else if (news.kind === 'lost') connection = { ...connection, lost: true };
    else if (news.kind === 'back') connection = { lost: false, reconnects: connection.reconnects + 1, gap: news.gap };
    else if (news.kind === 'lines') {
      const matching = news.lines.filter((line) => filter(line.text));
      seen += matching.length;
      shown = lastThatFit([...shown, ...matching]);
      if (matching.length === 0) return;
    }
    run.progress(report(undefined));
  };
  run.progress(report(undefined));
  try {
    for await (const news of steadyLog(source, AbortSignal.any([live.signal, time]))) hear(news);
  } catch (error) {
    if (why() === undefined) throw error;
  } finally {
    live.end();
  }
  return report(why() ?? (how === undefined ? 'lost' : 'container'));
}
