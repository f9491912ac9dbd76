import type { LogsArgs } from '../../../commands/containers/logs.ts';
import type { Deps } from '../../deps.ts';
import type { Request, Run } from '../../request.ts';
import { startFollowing } from '../following.ts';
import type { LogLine } from './line.ts';
import type { LineFilter } from './line-filter.ts';
import type { FollowReport } from './results.ts';
import { lastThatFit } from './shown-lines.ts';
import { type LogNews, type LogSource, steadyLog } from './steady-log.ts';

const DEFAULT_MS = 10 * 60_000;

interface Followed {
  readonly request: Request<LogsArgs>;
  readonly deps: Pick<Deps, 'live' | 'now'>;
  readonly run: Run<FollowReport>;
  readonly filter: LineFilter;
  readonly host: string;
  readonly container: string;
  readonly unseen: readonly string[];
  readonly source: LogSource;
}

/** Follows a log until its time is up, the container ends, its person stops it, or the process shuts down. */
export async function follow({ request, deps, run, filter, source, ...place }: Followed): Promise<FollowReport> {
  const following = await startFollowing(request, request.args.for ?? DEFAULT_MS, deps, run);
  const { until, why } = following;
  let shown: LogLine[] = [];
  let seen = 0;
  let how: string | undefined;
  let connection = { lost: false, reconnects: 0, gap: false };
  const report = (ended: FollowReport['ended']): FollowReport => ({
    kind: 'follow',
    id: request.id,
    ...place,
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
    for await (const news of steadyLog(source, following.signal)) hear(news);
  } catch (error) {
    if (why() === undefined) throw error;
  } finally {
    await following.end();
  }
  // Our own ways to end it come first.
  return report(why() ?? (how === undefined ? 'lost' : 'container'));
}
