import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../client/engine.ts';
import type { Container } from '../client/types.ts';
import { watchSwarm } from '../swarm/rollout.ts';
import { Aborted, createContext, findContainers, mustAbandon, type RolloutContext, StepFailed } from './context.ts';
import {
  assertNeighboursUnaffected,
  drainOldVersion,
  moveAliases,
  passGate,
  setOwnRestartPolicy,
  stopOldVersion,
  tidyUpVersions,
} from './forward.ts';
import { preparePlan } from './plan.ts';
import { failureOf, rollBackAndConfirm, SETTLE_MS } from './rollback.ts';
import { carryOutSwarm, concludeDeployed, concludeFailure, unwrapLeaseLost } from './run.ts';
import type { HostRun, HostVerdict, Phase } from './types.ts';

/** Phases at which the new version is or was seen to run. */
const IN_GATE: readonly (Phase | undefined)[] = [
  'start',
  'gate',
  'promote',
  'drain',
  'stop-old',
  'rename-old',
  'retain',
];

/** Its end may be under way, which is no moment to move it between networks. */
const RETIRING: readonly Phase[] = ['stop-old', 'rename-old', 'retain'];

/**
 * Ends what a crash interrupted. Going back needs nobody. Going forward it only asks a version that already ran to pass
 * the gate once more; everything short of that needs a fresh approval, so it goes back. Doing it twice changes nothing
 * more.
 */
export async function recoverHost(engine: Engine, run: HostRun, phases: readonly Phase[]): Promise<HostVerdict> {
  const context = createContext(engine, run);
  const lastPhase = phases.at(-1);
  return unwrapLeaseLost(async () => {
    if (run.wanted.from.kind === 'swarm')
      return carryOutSwarm(context, () => watchSwarm(context, '', lastPhase ?? 'update'));
    try {
      const created = await findCreated(context, lastPhase);
      const isUp = created?.state === 'running' && IN_GATE.includes(lastPhase) && hasTakenOver(context, lastPhase);
      if (!isUp) throw new StepFailed(describeInterruption(run, lastPhase), 'Deploy again.', { blame: 'fairlead' });
      if (run.signal.aborted) throw new Aborted(run.signal);
      return await resumeRollout(context, created.id, phases);
    } catch (error) {
      if (mustAbandon(error)) throw error;
      if (context.phase() !== 'pull') return concludeFailure(context, error);
      const cause = failureOf(error, context);
      return rollBackAndConfirm(context, {
        ...cause,
        phase: lastPhase ?? 'pull',
        oldMayStillStop: wasStoppingOld(phases),
      });
    }
  });
}

async function findCreated(context: RolloutContext, lastPhase: Phase | undefined): Promise<Container | undefined> {
  if (lastPhase === undefined) return (await findContainers(context)).created;
  await sleep(SETTLE_MS);
  const { created } = await findContainers(context);
  if (created || lastPhase !== 'create') return created;
  await sleep(SETTLE_MS);
  return (await findContainers(context)).created;
}

// What comes after is journalled once the stop has returned; a way back that was begun meanwhile says nothing of it.
const wasStoppingOld = (phases: readonly Phase[]) => phases.lastIndexOf('stop-old') > phases.lastIndexOf('rename-old');

// Of a stop-first rollout these come before the new version starts.
function hasTakenOver({ plan }: RolloutContext, lastPhase: Phase | undefined): boolean {
  return plan.strategy === 'start-first' || (lastPhase !== 'stop-old' && lastPhase !== 'rename-old');
}

const describeInterruption = (
  { interruptedBy: cutOff = 'Fairlead was restarted' }: HostRun,
  phase: Phase | undefined,
) => `${cutOff} ${phase === undefined ? 'before it began' : `in the middle of it (in the phase ${phase})`}.`;

async function resumeRollout(context: RolloutContext, id: string, phases: readonly Phase[]): Promise<HostVerdict> {
  const { run, plan } = context;
  const lastPhase = phases.at(-1);
  const { healthyWithin } = run.wanted.rollout;
  await context.step('gate', 'looking at the new version again');
  const left = lastPhase === 'gate' ? run.gateLeftMs : undefined;
  const passed = await passGate(context, id, Math.max(0, Math.min(left ?? healthyWithin, healthyWithin)));
  const found = await preparePlan(context.engine, plan.host, run.wanted, {
    signal: run.signal,
    oldId: plan.now?.containerId,
  });
  if (plan.strategy === 'start-first') {
    // What is being stopped leaves nobody to be spared.
    if (!phases.some((phase) => RETIRING.includes(phase))) await assertNeighboursUnaffected(context, found);
    await context.step('promote', 'the network alias passes to the new version');
    await moveAliases(context, found, id, passed);
    await setOwnRestartPolicy(context, found, id, passed);
    if (!phases.some((phase) => RETIRING.includes(phase))) await drainOldVersion(context, id, passed);
    await stopOldVersion(context);
  } else {
    await context.requiredStep('promote', 'the new version stays');
    await setOwnRestartPolicy(context, found, id, passed);
  }
  await tidyUpVersions(context);
  return concludeDeployed(context, passed);
}
