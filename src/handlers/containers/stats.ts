import type { StatsArgs } from '../../commands/containers/stats.ts';
import { UserError } from '../../domain/errors.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { overHosts, timed } from '../over-hosts.ts';
import { paged } from '../paged.ts';
import type { HostFailure, Request } from '../request.ts';
import { selectContainers } from './select-containers.ts';
import { followStats } from './stats/follow.ts';
import { type Choice, readHost, worstFirst } from './stats/read-host.ts';
import type { FollowState, HostStats, StatsResult } from './stats/results.ts';

const PAGE_ROWS = 20;
/** Slack draws twenty bars at most; more than a few cannot be distinguished on a phone. */
const WORST = 6;

export const stats = handler<StatsArgs, StatsResult, StatsResult>()(
  ['config', 'hosts', 'live', 'now', 'redact'],
  async (request, deps, run) => {
    const { args } = request;
    if (args.for !== undefined && !args.follow) throw new UserError('bad_input', '`--for` needs `-f`.');
    const chosen = await choose(request, deps, run.signal);
    const asked = { ...request, hosts: chosen.hosts };
    const resultOf = (values: readonly HostStats[], failures: readonly HostFailure[], follow?: FollowState) =>
      summarize(asked, values, { ...timed(request, deps.now(), [...chosen.failures, ...failures]) }, follow);
    if (args.follow) return followStats({ request: asked, deps, run, choiceOn: chosen.on, resultOf });
    return overHosts(asked, deps, run, {
      each: async (engine, host) => {
        const look = await readHost({ engine, host }, chosen.on(host), undefined, run.signal);
        const { samples: _, cpu: __, ...kept } = look;
        return kept;
      },
      resultOf: ({ values, failures }) =>
        resultOf(
          values.map(({ value }) => value),
          failures,
        ),
    });
  },
);

interface Chosen {
  readonly hosts: readonly string[];
  readonly failures: readonly HostFailure[];
  on(host: string): Choice;
}

/** The containers that were named, on whichever hosts they are; else all that run on each. */
async function choose(
  request: Request<StatsArgs>,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<Chosen> {
  const { containers, all, page } = request.args;
  const most = page * PAGE_ROWS;
  if (containers.length === 0)
    return { hosts: request.hosts, failures: [], on: () => ({ ids: undefined, stopped: all, most }) };
  const selecting = { signal, onSeveralHosts: 'all' as const };
  const { places, failures } = await selectContainers(request, containers, deps, selecting);
  const idsOn = (host: string) => places.flatMap((place) => (place.host === host ? [place.container.id] : []));
  return {
    hosts: request.hosts.filter((host) => idsOn(host).length > 0),
    failures,
    on: (host) => ({ ids: new Set(idsOn(host)), stopped: true, most }),
  };
}

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
