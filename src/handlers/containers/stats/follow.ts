import { setTimeout as sleep } from 'node:timers/promises';
import type { StatsArgs } from '../../../commands/containers/stats.ts';
import { UserError } from '../../../domain/errors.ts';
import type { Deps } from '../../deps.ts';
import { settle } from '../../over-hosts.ts';
import type { HostFailure, Request, Run } from '../../request.ts';
import { startFollowing } from '../following.ts';
import type { Chosen } from './chosen.ts';
import { type HostLook, readHost } from './read-host.ts';
import type { FollowState, HostStats, Look, StatsResult } from './results.ts';
import type { Samples } from './sample.ts';

const DEFAULT_MS = 5 * 60_000;
/** Between two looks; one message is not updated more often than every few seconds. */
const PAUSE_MS = 2000;
/** One look at a host: a dead one does not hold up the next look at the others. */
const LOOK_MS = 5000;
/** Slack draws a line of twenty points at most. */
const MOST_LOOKS = 20;

interface Followed {
  readonly request: Request<StatsArgs>;
  readonly deps: Pick<Deps, 'hosts' | 'live' | 'now' | 'redact'>;
  readonly run: Run<StatsResult, StatsResult>;
  /** The containers that the words meant when the command came. */
  readonly chosen: Chosen;
  /** Those that they mean now; throws a `UserError` where they mean none. */
  choose(signal: AbortSignal): Promise<Chosen>;
  resultOf(values: readonly HostStats[], failures: readonly HostFailure[], follow: FollowState): StatsResult;
}

/** Looks again and again until the time is up, its person stops it, or the process shuts down. */
export async function followStats({
  request,
  deps,
  run,
  chosen: first,
  choose,
  resultOf,
}: Followed): Promise<StatsResult> {
  const following = await startFollowing(request, request.args.for ?? DEFAULT_MS, deps, run);
  const before = new Map<string, Samples>();
  let history: readonly Look[] = [];
  let values: readonly HostLook[] = [];
  let failures: readonly HostFailure[] = [];
  let chosen = first;
  const report = (): StatsResult =>
    resultOf(values, failures, { id: request.id, until: following.until, ended: following.why(), history });
  try {
    while (!following.signal.aborted) {
      const { signal } = following;
      const outcomes = await deps.hosts.each(
        chosen.hosts,
        (engine, host) => readHost({ engine, host }, chosen.on(host), before.get(host), signal),
        { signal, deadlineMs: LOOK_MS },
      );
      if (signal.aborted) break;
      const settled = settle(outcomes, deps.redact);
      values = settled.values.map(({ value }) => value);
      failures = [...chosen.failures, ...settled.failures];
      for (const { host, samples } of values) before.set(host, samples);
      // A host that did not answer begins anew: its next figures would be over too long a time.
      for (const { host } of failures) before.delete(host);
      const isWhole = failures.length === 0 && values.every(({ stopped, lost }) => stopped.total === 0 && lost === 0);
      history = [...history, lookAt(values, deps.now())].slice(-MOST_LOOKS);
      run.progress(report());
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      // A deploy puts another container in the place of one, and a host that was away has answered meanwhile.
      if (!isWhole && !signal.aborted) chosen = await chooseAgain(choose, chosen, signal);
    }
  } finally {
    await following.end();
  }
  return report();
}

/** While a container is being replaced, its name means none: the former choice stays. */
async function chooseAgain(choose: Followed['choose'], former: Chosen, signal: AbortSignal): Promise<Chosen> {
  try {
    return await choose(signal);
  } catch (error) {
    if (error instanceof UserError || signal.aborted) return former;
    throw error;
  }
}

function lookAt(values: readonly HostLook[], at: number): Look {
  const all = values.flatMap(({ host, cpu }) =>
    Object.entries(cpu).map(([name, cpuPercent]) => [`${host}/${name}`, cpuPercent]),
  );
  return { at, cpu: Object.fromEntries(all) };
}
