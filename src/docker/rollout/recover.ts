import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../client/engine.ts';
import type { Container } from '../client/types.ts';
import { watchSwarm } from '../swarm/rollout.ts';
import { needsAttention } from './attention.ts';
import {
  Aborted,
  createContext,
  findContainers,
  findReplacement,
  mustAbandon,
  type RolloutContext,
  StepFailed,
} from './context.ts';
import { failureOf, type RolloutFailure } from './failure.ts';
import { ownName } from './names.ts';
import { assertNoConflicts } from './neighbour-check.ts';
import { passGate } from './new-version.ts';
import { concludeDeployed, concludeFailure } from './outcome.ts';
import { preparePlan } from './plan.ts';
import { rollBackAndConfirm, SETTLE_MS } from './rollback.ts';
import { carryOutSwarm, unwrapLeaseLost } from './run.ts';
import { drainOldVersion, moveAliases, setOwnRestartPolicy, stopOldVersion, tidyUpVersions } from './switch-over.ts';
import type { HostRun, Phase } from './types.ts';
import type { HostVerdict } from './verdict.ts';

/** Why a roll-back began, as the journal and its verdict have it. */
export type RollBackCause = Pick<RolloutFailure, 'phase' | 'why' | 'blame' | 'isAbort'>;

/** Phases in which the new version runs. */
const STARTED: readonly (Phase | undefined)[] = [
  'start',
  'gate',
  'promote',
  'drain',
  'stop-old',
  'rename-old',
  'retain',
];

/** Phases of a start-first rollout in which the old version may be stopping: then it is not moved between networks. */
const STOPPING_OLD: readonly Phase[] = ['stop-old', 'rename-old', 'retain'];

/**
 * Ends a rollout that a crash interrupted, from its journalled `phases` and the containers on the host. A version that
 * already ran is finished if it passes the gate again; everything else is rolled back, since going forward takes a new
 * approval. Running it twice changes nothing more.
 */
export function recoverHost(engine: Engine, run: HostRun, phases: readonly Phase[]): Promise<HostVerdict> {
  const context = createContext(engine, run);
  const lastPhase = phases.at(-1);
  return unwrapLeaseLost(async () => {
    if (run.wanted.from.kind === 'swarm')
      return carryOutSwarm(context, () => watchSwarm(context, '', lastPhase ?? 'update'));
    try {
      const created = await findCreated(context, lastPhase);
      const isUp = created?.state === 'running' && STARTED.includes(lastPhase) && hasTakenOver(context, lastPhase);
      if (!isUp) throw new StepFailed(describeInterruption(run, lastPhase), 'Deploy again.', { blame: 'fairlead' });
      if (run.signal.aborted) throw new Aborted(run.signal);
      return await finishRollout(context, created.id, phases);
    } catch (error) {
      if (mustAbandon(error)) throw error;
      if (context.phase() !== 'pull') return concludeFailure(context, error);
      const failure = failureOf(error, context, lastPhase);
      return rollBackAndConfirm(context, { ...failure, oldMayStillStop: wasStoppingOld(phases) });
    }
  });
}

/**
 * Finishes a roll-back that was given up because its engine was away; `cause` is why it had begun. Where somebody has put
 * another container in the old one's place since, nothing is touched.
 */
export function resumeRollBack(
  engine: Engine,
  run: HostRun,
  { phases, cause }: { readonly phases: readonly Phase[]; readonly cause: RollBackCause },
): Promise<HostVerdict> {
  const context = createContext(engine, run);
  const failure = { ...cause, tryThis: 'Deploy again.', oldMayStillStop: wasStoppingOld(phases) };
  return unwrapLeaseLost(async () => {
    const other = findReplacement(context, await findContainers(context));
    if (!other) return rollBackAndConfirm(context, failure);
    const why = `${cause.why} The host was away then, and ${ownName(other)} is another container now: it was left as it is.`;
    return needsAttention(context, failure, why);
  });
}

/** Finds the new container, and waits for one whose creation was under way at the crash. */
async function findCreated(context: RolloutContext, lastPhase: Phase | undefined): Promise<Container | undefined> {
  if (lastPhase === undefined) return (await findContainers(context)).created;
  await sleep(SETTLE_MS);
  const { created } = await findContainers(context);
  if (created || lastPhase !== 'create') return created;
  await sleep(SETTLE_MS);
  return (await findContainers(context)).created;
}

// `rename-old` is journalled once the stop has returned; a roll-back that began meanwhile tells nothing about the stop.
const wasStoppingOld = (phases: readonly Phase[]) => phases.lastIndexOf('stop-old') > phases.lastIndexOf('rename-old');

// In a stop-first rollout `stop-old` and `rename-old` come before the new version starts.
function hasTakenOver({ plan }: RolloutContext, lastPhase: Phase | undefined): boolean {
  return plan.strategy === 'start-first' || (lastPhase !== 'stop-old' && lastPhase !== 'rename-old');
}

const describeInterruption = ({ interruptedBy = 'Fairlead was restarted' }: HostRun, phase: Phase | undefined) =>
  `${interruptedBy} ${phase === undefined ? 'before the rollout began' : `during the rollout (phase ${phase})`}.`;

async function finishRollout(context: RolloutContext, id: string, phases: readonly Phase[]): Promise<HostVerdict> {
  const { run, plan } = context;
  const { healthyWithin } = run.wanted.rollout;
  await context.step('gate', 'checking the new version again');
  const left = phases.at(-1) === 'gate' ? run.gateLeftMs : undefined;
  const version = await passGate(context, id, Math.max(0, Math.min(left ?? healthyWithin, healthyWithin)));
  // The draft holds secrets and was never stored, so it is made again.
  const options = { signal: run.signal, oldId: plan.now?.containerId };
  const prepared = await preparePlan(context.engine, plan.host, run.wanted, options);
  context.setOldRun(prepared.survey.live?.raw.State.StartedAt);
  if (plan.strategy === 'start-first') {
    const isStopping = phases.some((phase) => STOPPING_OLD.includes(phase));
    if (!isStopping) assertNoConflicts(prepared.survey, prepared);
    await context.step('promote', 'moving the network aliases to the new version');
    await moveAliases(context, prepared, version);
    await setOwnRestartPolicy(context, prepared, version);
    if (!isStopping) await drainOldVersion(context, version);
    await stopOldVersion(context);
  } else {
    await context.requiredStep('promote', 'keeping the new version');
    await setOwnRestartPolicy(context, prepared, version);
  }
  await tidyUpVersions(context);
  return concludeDeployed(context, version);
}
