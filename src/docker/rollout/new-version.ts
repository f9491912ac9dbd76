import { momentIn } from '../../machine.ts';
import { type RolloutContext, StepFailed } from './context.ts';
import { adviceFor, type GateOutcome, waitForGate, watchRun } from './gate.ts';
import { startCandidate } from './steps.ts';

/** A container that passed the gate, and the run of it that did: a later run is another one. */
export interface HealthyVersion extends Pick<Extract<GateOutcome, { passed: true }>, 'strength' | 'run'> {
  readonly id: string;
}

/** Starts a created container and waits until it is healthy. Throws `StepFailed` when it does not become so in time. */
export async function startNewVersion(context: RolloutContext, id: string): Promise<HealthyVersion> {
  await context.step('start', 'starting the new version');
  await startCandidate(context, id);
  const { healthyWithin } = context.run.wanted.rollout;
  await context.step('gate', 'waiting for the new version to be healthy', { until: { ...momentIn(healthyWithin) } });
  return passGate(context, id, healthyWithin);
}

/** Where the log and the health checks of a version that failed are shown. */
export const SEE_EVIDENCE = 'Logs and health checks are in the thread. Fix the version, then deploy again.';

/** Waits for a running container to pass the gate within so many milliseconds; throws `StepFailed` when it does not. */
export async function passGate(context: RolloutContext, id: string, healthyWithin: number): Promise<HealthyVersion> {
  const { stableFor, probe } = context.run.wanted.rollout;
  const outcome = await waitForGate(context, id, { healthyWithin, stableFor, probe, signal: context.run.signal });
  if (outcome.passed) return { id, strength: outcome.strength, run: outcome.run };
  throw new StepFailed(outcome.why, adviceFor(outcome, SEE_EVIDENCE), { blame: outcome.blame });
}

/** Throws `StepFailed` when the run that passed has ended, whatever runs now: by its own policy it is restarted at once. */
export async function assertStillRuns(context: RolloutContext, { id, run }: HealthyVersion): Promise<void> {
  const failure = await watchRun(context, id, run, { ms: 0 });
  if (!failure) return;
  const advice = adviceFor(failure, 'A health check or a longer stableFor would have caught this sooner.');
  throw new StepFailed(`Failed after passing its checks: ${failure.why}`, advice, { blame: failure.blame });
}
