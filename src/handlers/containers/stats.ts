import type { StatsArgs } from '../../commands/containers/stats.ts';
import { UserError } from '../../domain/errors.ts';
import { handler } from '../handler.ts';
import { overHosts, timed } from '../over-hosts.ts';
import { paged } from '../paged.ts';
import type { HostFailure, Request } from '../request.ts';
import { chooseContainers } from './stats/chosen.ts';
import { followStats } from './stats/follow.ts';
import { readHost, worstFirst } from './stats/read-host.ts';
import type { FollowState, HostStats, StatsResult } from './stats/results.ts';

const PAGE_ROWS = 20;
/** Slack draws twenty bars at most; more than a few cannot be distinguished on a phone. */
const WORST = 6;

export const stats = handler<StatsArgs, StatsResult, StatsResult>()(
  ['config', 'hosts', 'live', 'now', 'redact'],
  async (request, deps, run) => {
    const { args } = request;
    if (args.for !== undefined && !args.follow) throw new UserError('bad_input', '`--for` needs `-f`.');
    const most = args.page * PAGE_ROWS;
    const chosen = await chooseContainers(request, deps, most, run.signal);
    // Between two looks no host is waited for as long as one that was named.
    const again = { ...request, hostsNamed: false };
    const choose = (signal: AbortSignal) => chooseContainers(again, deps, most, signal);
    const resultOf = (values: readonly HostStats[], failures: readonly HostFailure[], follow?: FollowState) =>
      summarize(request, values, { ...timed(request, deps.now(), failures) }, follow);
    if (args.follow) return followStats({ request, deps, run, chosen, choose, resultOf });
    return overHosts({ ...request, hosts: chosen.hosts }, deps, run, {
      each: async (engine, host) => {
        const look = await readHost({ engine, host }, chosen.on(host), undefined, run.signal);
        const { samples: _, cpu: __, lost: ___, ...kept } = look;
        return kept;
      },
      resultOf: ({ values, failures }) =>
        resultOf(
          values.map(({ value }) => value),
          [...chosen.failures, ...failures],
        ),
    });
  },
);

function summarize(
  { args }: Request<StatsArgs>,
  values: readonly HostStats[],
  times: Pick<StatsResult, 'at' | 'ms' | 'failures'>,
  follow: FollowState | undefined,
): StatsResult {
  const rows = values.flatMap(({ running }) => running.first).toSorted(worstFirst);
  const stopped = values.flatMap((value) => value.stopped.first);
  const silent = values.flatMap((value) => value.silent.first);
  const without = values.reduce((sum, value) => sum + value.stopped.total + value.silent.total, 0);
  return {
    ...times,
    ...paged(
      rows,
      args.page,
      PAGE_ROWS,
      values.reduce((sum, { running }) => sum + running.total, 0),
    ),
    hosts: values.map(({ host, running: { total } }) => ({ host, running: total })),
    worst: rows.slice(0, WORST),
    stopped,
    silent,
    unnamed: without - stopped.length - silent.length,
    windows: values.flatMap(({ host, isWindows }) => (isWindows ? [host] : [])),
    follow,
  };
}
