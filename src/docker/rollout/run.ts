import { UserError } from '../../domain/errors.ts';
import type { Engine } from '../client/engine.ts';
import { updateSwarm } from '../swarm/rollout.ts';
import { createContext, LeaseLost, mustAbandon, type RolloutContext } from './context.ts';
import { PlanStale } from './errors.ts';
import { failureOf } from './failure.ts';
import { startFirst, startOnly, stopFirst } from './forward.ts';
import { concludeDeployed, concludeFailure } from './outcome.ts';
import { type PreparedHost, type PreparedPlan, prepareHost } from './plan.ts';
import { staleReasons } from './stale.ts';
import type { HostRun } from './types.ts';
import { concludeUntouched } from './untouched.ts';
import type { HostVerdict } from './verdict.ts';

/**
 * Carries an approved plan out on one host. `prepared` is what a check of this host found just now; without it the host is
 * planned again here. Throws `PlanStale` before anything is touched when the host changed since the approval. Rejects with
 * what `journal` rejected with or `assertAllowed` threw; every other failure is a verdict.
 */
export function runHost(engine: Engine, run: HostRun, prepared?: PreparedHost): Promise<HostVerdict> {
  const context = createContext(engine, run);
  return unwrapLeaseLost(async () => {
    const found = prepared ?? (await prepareAgain(context));
    if ('verdict' in found) return found;
    const reasons = staleReasons(run.plan, found);
    if (reasons.length > 0) throw new PlanStale(reasons);
    run.assertAllowed(found.plan);
    if (run.plan.unchanged) return concludeUntouched(context, { verdict: 'unchanged', why: UNCHANGED, tryThis: '' });
    if (found.kind === 'swarm') return carryOutSwarm(context, () => updateSwarm(context, found));
    return carryOut(context, found);
  });
}

const UNCHANGED = 'This version already runs here with these settings. Nothing changed.';

/** Plans the host again, or resolves to the verdict of a host that cannot be planned. */
async function prepareAgain(context: RolloutContext): Promise<PreparedHost | HostVerdict> {
  const { engine, run, plan } = context;
  try {
    return await prepareHost(engine, plan.host, run.wanted, { signal: run.signal });
  } catch (error) {
    if (mustAbandon(error)) throw error;
    if (error instanceof UserError && error.reason !== 'busy')
      throw new PlanStale([{ kind: 'refused', text: error.message }]);
    const { why, tryThis, isAbort, blame } = failureOf(error, context);
    const verdict = isAbort ? 'aborted' : 'failed_kept_old';
    return concludeUntouched(context, { verdict, why: `${why} Nothing changed.`, tryThis, blame, isUnseen: !isAbort });
  }
}

const STRATEGIES = { create: startOnly, 'stop-first': stopFirst, 'start-first': startFirst } as const;

async function carryOut(context: RolloutContext, prepared: PreparedPlan): Promise<HostVerdict> {
  const { strategy } = context.plan;
  try {
    if (strategy === 'swarm') throw new Error('Not a container.');
    return await concludeDeployed(context, await STRATEGIES[strategy](context, prepared));
  } catch (error) {
    if (mustAbandon(error)) throw error;
    return concludeFailure(context, error);
  }
}

/** Turns what Swarm did not do itself into a verdict: a refusal, or an engine that stays unavailable. */
export async function carryOutSwarm(context: RolloutContext, work: () => Promise<HostVerdict>): Promise<HostVerdict> {
  try {
    return await work();
  } catch (error) {
    if (mustAbandon(error)) throw error;
    const { why, tryThis, isAbort, phase, blame } = failureOf(error, context);
    const isBegun = phase === 'watch' || phase === 'roll-back';
    const verdict = isBegun ? 'needs_attention' : isAbort ? 'aborted' : 'failed_kept_old';
    const end = isBegun
      ? 'Swarm continues the update, and Fairlead no longer watches it.'
      : 'The service was not changed.';
    return concludeUntouched(context, { verdict, why: `${why} ${end}`, tryThis, blame });
  }
}

/** Rejects with the journal's own error, which the caller knows. */
export async function unwrapLeaseLost(work: () => Promise<HostVerdict>): Promise<HostVerdict> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LeaseLost ? error.cause : error;
  }
}
