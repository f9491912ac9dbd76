import { UserError } from '../../domain/errors.ts';
import type { Engine } from '../client/engine.ts';
import { prepareSwarmPlan } from '../swarm/plan.ts';
import { updateSwarm } from '../swarm/rollout.ts';
import { isVersionFault } from './blame.ts';
import {
  createContext,
  findContainers,
  isUnavailable,
  LeaseLost,
  mustAbandon,
  type RolloutContext,
  StepFailed,
} from './context.ts';
import { assertStillRuns, type PassedGate, startFirst, startOnly, stopFirst } from './forward.ts';
import { type PreparedPlan, preparePlan } from './plan.ts';
import { failureOf, rollBack, rollBackAndConfirm, runningVersions } from './rollback.ts';
import { staleReasons } from './stale.ts';
import { tagImage } from './steps.ts';
import { type EvidenceStrength, type HostPlan, type HostRun, type HostVerdict, PlanStale } from './types.ts';

/**
 * Carries a plan out on one host. Plans again first, and throws `PlanStale` before anything is touched when something
 * moved. Rejects with what `journal` rejected with, or `mustAllow` threw; whatever else goes wrong is a verdict.
 */
export async function runHost(engine: Engine, run: HostRun): Promise<HostVerdict> {
  const context = createContext(engine, run);
  return unwrapLeaseLost(async () => {
    let ready: { readonly plan: HostPlan; readonly carryOut: () => Promise<HostVerdict> };
    try {
      ready = await prepare(context);
    } catch (error) {
      if (mustAbandon(error)) throw error;
      if (error instanceof UserError && error.reason !== 'busy') throw new PlanStale([error.message]);
      const { why, tryThis, isAbort, blame } = failureOf(error, context);
      const verdict = isAbort ? 'aborted' : 'failed_kept_old';
      return untouchedVerdict(context, { verdict, why: `${why} Nothing was touched.`, tryThis, blame });
    }
    const moved = staleReasons(run.plan, ready.plan);
    if (moved.length > 0) throw new PlanStale(moved);
    run.assertAllowed(ready.plan);
    if (run.plan.unchanged) return untouchedVerdict(context, { verdict: 'unchanged', why: UNCHANGED, tryThis: '' });
    return ready.carryOut();
  });
}

async function prepare(context: RolloutContext): Promise<{ plan: HostPlan; carryOut: () => Promise<HostVerdict> }> {
  const { engine, run, plan } = context;
  const options = { signal: run.signal };
  if (run.wanted.from.kind === 'swarm') {
    const found = await prepareSwarmPlan(engine, plan.host, run.wanted, options);
    return { plan: found.plan, carryOut: () => carryOutSwarm(context, () => updateSwarm(context, found)) };
  }
  const found = await preparePlan(engine, plan.host, run.wanted, options);
  return { plan: found.plan, carryOut: () => carryOut(context, found) };
}

/** What is not Swarm's own doing: a refusal, or an engine that stays away. */
export async function carryOutSwarm(context: RolloutContext, work: () => Promise<HostVerdict>): Promise<HostVerdict> {
  try {
    return await work();
  } catch (error) {
    if (mustAbandon(error)) throw error;
    const { why, tryThis, isAbort, phase, blame } = failureOf(error, context);
    const isBegun = phase === 'watch' || phase === 'roll-back';
    const verdict = isBegun ? 'needs_attention' : isAbort ? 'aborted' : 'failed_kept_old';
    const end = isBegun ? 'Swarm goes on by itself, unwatched.' : 'The service was not changed.';
    return untouchedVerdict(context, { verdict, why: `${why} ${end}`, tryThis, blame });
  }
}

const STRATEGIES = { create: startOnly, 'stop-first': stopFirst, 'start-first': startFirst } as const;

async function carryOut(context: RolloutContext, found: PreparedPlan): Promise<HostVerdict> {
  const { strategy } = context.plan;
  try {
    if (strategy === 'swarm') throw new Error('Not a container.');
    return await concludeDeployed(context, await STRATEGIES[strategy](context, found));
  } catch (error) {
    if (mustAbandon(error)) throw error;
    return concludeFailure(context, error);
  }
}

/** Back, unless the new version serves already: then what is left undone is said. */
export async function concludeFailure(context: RolloutContext, error: unknown): Promise<HostVerdict> {
  const cause = failureOf(error, context);
  const isSettled =
    cause.phase === 'retain' ||
    (context.plan.strategy === 'start-first' && (cause.phase === 'stop-old' || cause.phase === 'rename-old'));
  const host = isSettled ? await findContainers(context).catch(() => undefined) : undefined;
  // One that crashed after it had passed is at its next try already.
  const isDead = host && (host.created?.state !== 'running' || isVersionFault(cause.blame));
  if (!isSettled || isDead) return isUnavailable(error) ? rollBackAndConfirm(context, cause) : rollBack(context, cause);
  return {
    verdict: 'needs_attention',
    phase: cause.phase,
    why: `The new version passed and serves, but what comes after was not done: ${cause.why}`,
    blame: cause.blame,
    runs: host && runningVersions(host),
    tryThis: `On ${context.plan.host}, see docker ps -a: its restart policy and the old container may need a hand.`,
    ms: context.elapsedMs(),
    downMs: context.downMs(),
    containerId: host?.created?.id,
  };
}

export async function concludeDeployed(context: RolloutContext, passed: PassedGate): Promise<HostVerdict> {
  const { strength } = passed;
  const { tag, digest } = context.run.wanted.image;
  const { created } = await findContainers(context);
  if (!created)
    throw new StepFailed(
      'It had passed, and then somebody removed it.',
      'Find out who removed it, then deploy again.',
      {
        blame: 'person',
      },
    );
  // The old one was stopped meanwhile, and nobody looked.
  await assertStillRuns(context, created.id, passed);
  const proved = `${tag ?? digest.slice(0, 19)} ${PASSED_BY[strength]}`;
  const untagged = await tagImage(context, created);
  return {
    verdict: 'deployed',
    phase: context.phase(),
    why: untagged === undefined ? proved : `${proved} ${untagged}`,
    tryThis: '',
    strength,
    ms: context.elapsedMs(),
    downMs: context.downMs(),
    containerId: created.id,
  };
}

const PASSED_BY: Readonly<Record<EvidenceStrength, string>> = {
  'health check': 'runs and is healthy.',
  probe: 'runs and answers its probe.',
  'only running': 'runs. It has no health check, so that is all that was seen.',
};

function untouchedVerdict(
  context: RolloutContext,
  end: Pick<HostVerdict, 'verdict' | 'why' | 'tryThis' | 'blame'>,
): HostVerdict {
  return { ...end, phase: context.phase(), ms: context.elapsedMs(), containerId: context.plan.now?.containerId };
}

const UNCHANGED = 'Exactly that runs there already, so nothing was done.';

/** The caller hears from its own journal, in its own words. */
export async function unwrapLeaseLost(work: () => Promise<HostVerdict>): Promise<HostVerdict> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LeaseLost ? error.cause : error;
  }
}
