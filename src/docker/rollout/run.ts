import { UserError } from '../../domain/errors.ts';
import type { Engine } from '../client/engine.ts';
import { studySwarm } from '../swarm/plan.ts';
import { updateSwarm } from '../swarm/rollout.ts';
import { isOwnFault } from './blame.ts';
import { isAway, LeaseLost, look, mustLeave, openSite, type Site, StepFailed } from './context.ts';
import { createNew, type Passed, startFirst, stillRuns, stopFirst } from './forward.ts';
import { type Study, study } from './plan.ts';
import { backForGood, causeOf, goBack, whichRun } from './rollback.ts';
import { movedBetween } from './stale.ts';
import { nameImage } from './steps.ts';
import { type EvidenceStrength, type HostPlan, type HostRun, type HostVerdict, PlanStale } from './types.ts';

/**
 * Carries a plan out on one host. Plans again first, and throws `PlanStale` before anything is touched when something
 * moved. Rejects with what `journal` rejected with, or `mustAllow` threw; whatever else goes wrong is a verdict.
 */
export async function runHost(engine: Engine, run: HostRun): Promise<HostVerdict> {
  const site = openSite(engine, run);
  return unlessLost(async () => {
    let ready: { readonly plan: HostPlan; readonly carryOut: () => Promise<HostVerdict> };
    try {
      ready = await prepare(site);
    } catch (error) {
      if (mustLeave(error)) throw error;
      if (error instanceof UserError && error.reason !== 'busy') throw new PlanStale([error.message]);
      const { why, tryThis, isAbort, blame } = causeOf(error, site);
      const verdict = isAbort ? 'aborted' : 'failed_kept_old';
      return untouched(site, { verdict, why: `${why} Nothing was touched.`, tryThis, blame });
    }
    const moved = movedBetween(run.plan, ready.plan);
    if (moved.length > 0) throw new PlanStale(moved);
    run.mustAllow(ready.plan);
    if (run.plan.unchanged) return untouched(site, { verdict: 'unchanged', why: UNCHANGED, tryThis: '' });
    return ready.carryOut();
  });
}

async function prepare(site: Site): Promise<{ plan: HostPlan; carryOut: () => Promise<HostVerdict> }> {
  const { engine, run, plan } = site;
  const options = { signal: run.signal };
  if (run.wanted.from.kind === 'swarm') {
    const found = await studySwarm(engine, plan.host, run.wanted, options);
    return { plan: found.plan, carryOut: () => swarmForward(site, () => updateSwarm(site, found)) };
  }
  const found = await study(engine, plan.host, run.wanted, options);
  return { plan: found.plan, carryOut: () => forward(site, found) };
}

/** What is not Swarm's own doing: a refusal, or an engine that stays away. */
export async function swarmForward(site: Site, work: () => Promise<HostVerdict>): Promise<HostVerdict> {
  try {
    return await work();
  } catch (error) {
    if (mustLeave(error)) throw error;
    const { why, tryThis, isAbort, phase, blame } = causeOf(error, site);
    const isBegun = phase === 'watch' || phase === 'roll-back';
    const verdict = isBegun ? 'needs_attention' : isAbort ? 'aborted' : 'failed_kept_old';
    const end = isBegun ? 'Swarm goes on by itself, unwatched.' : 'The service was not changed.';
    return untouched(site, { verdict, why: `${why} ${end}`, tryThis, blame });
  }
}

const WAYS = { create: createNew, 'stop-first': stopFirst, 'start-first': startFirst } as const;

async function forward(site: Site, found: Study): Promise<HostVerdict> {
  const { strategy } = site.plan;
  try {
    if (strategy === 'swarm') throw new Error('Not a container.');
    return await deployed(site, await WAYS[strategy](site, found));
  } catch (error) {
    if (mustLeave(error)) throw error;
    return ended(site, error);
  }
}

/** Back, unless the new version serves already: then what is left undone is said. */
export async function ended(site: Site, error: unknown): Promise<HostVerdict> {
  const cause = causeOf(error, site);
  const isSettled =
    cause.phase === 'retain' ||
    (site.plan.strategy === 'start-first' && (cause.phase === 'stop-old' || cause.phase === 'rename-old'));
  const host = isSettled ? await look(site).catch(() => undefined) : undefined;
  // One that crashed after it had passed is at its next try already.
  const isDead = host && (host.fresh?.state !== 'running' || isOwnFault(cause.blame));
  if (!isSettled || isDead) return isAway(error) ? backForGood(site, cause) : goBack(site, cause);
  return {
    verdict: 'needs_attention',
    phase: cause.phase,
    why: `The new version passed and serves, but what comes after was not done: ${cause.why}`,
    blame: cause.blame,
    runs: host && whichRun(host),
    tryThis: `On ${site.plan.host}, see docker ps -a: its restart policy and the old container may need a hand.`,
    ms: site.elapsed(),
    downMs: site.downMs(),
    containerId: host?.fresh?.id,
  };
}

export async function deployed(site: Site, passed: Passed): Promise<HostVerdict> {
  const { strength } = passed;
  const { tag, digest } = site.run.wanted.image;
  const { fresh } = await look(site);
  if (!fresh)
    throw new StepFailed(
      'It had passed, and then somebody removed it.',
      'Find out who removed it, then deploy again.',
      {
        blame: 'person',
      },
    );
  // The old one was stopped meanwhile, and nobody looked.
  await stillRuns(site, fresh.id, passed);
  const proved = `${tag ?? digest.slice(0, 19)} ${PROVED[strength]}`;
  const untagged = await nameImage(site, fresh);
  return {
    verdict: 'deployed',
    phase: site.phase(),
    why: untagged === undefined ? proved : `${proved} ${untagged}`,
    tryThis: '',
    strength,
    ms: site.elapsed(),
    downMs: site.downMs(),
    containerId: fresh.id,
  };
}

const PROVED: Readonly<Record<EvidenceStrength, string>> = {
  'health check': 'runs and is healthy.',
  probe: 'runs and answers its probe.',
  'only running': 'runs. It has no health check, so that is all that was seen.',
};

function untouched(site: Site, end: Pick<HostVerdict, 'verdict' | 'why' | 'tryThis' | 'blame'>): HostVerdict {
  return { ...end, phase: site.phase(), ms: site.elapsed(), containerId: site.plan.now?.containerId };
}

const UNCHANGED = 'Exactly that runs there already, so nothing was done.';

/** The caller hears from its own journal, in its own words. */
export async function unlessLost(work: () => Promise<HostVerdict>): Promise<HostVerdict> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LeaseLost ? error.cause : error;
  }
}
