import { sayDuration } from '../../domain/duration.ts';
import { momentIn } from '../../machine.ts';
import type { Container } from '../client/types.ts';
import { setNameAndAliases } from './aliases.ts';
import { findContainers, type RolloutContext, StepFailed } from './context.ts';
import { endpointConfig } from './draft.ts';
import { adviceFor, type GateOutcome, waitForGate, watchRun } from './gate.ts';
import { neighbourConflicts } from './neighbours.ts';
import { type PreparedPlan, restartPolicyOf } from './plan.ts';
import {
  createCandidate,
  pullImage,
  removeOldVersions,
  renameContainer,
  setRestartPolicy,
  startCandidate,
  stopForGood,
} from './steps.ts';
import { inspectContainers, unlessGone } from './survey.ts';
import type { RestartPolicy } from './types.ts';

export type PassedGate = Extract<GateOutcome, { passed: true }>;

/** For ports, addresses and volumes that only one can have: the old version stops, and stays to go back to. */
export async function stopFirst(context: RolloutContext, study: PreparedPlan): Promise<PassedGate> {
  const { names, plan } = context;
  await pullImage(context, study);
  const id = await createCandidate(context, study, names.candidate, true);
  const old = await findOldVersion(context);
  await assertNeighboursUnaffected(context, study);
  await context.step('stop-old', 'stopping the old version');
  if (old.state === 'running') context.markDown();
  await stopForGood(context, old);
  // Only now that it is stopped: a running container that is renamed leaves its old name in the DNS for good.
  await context.step('rename-old', `keeping the old version as ${names.previous}`);
  await renameContainer(context, old.id, names.previous);
  await context.step('rename-new', `the new version becomes ${plan.name}`);
  await renameContainer(context, id, plan.name);
  const passed = await startNewVersion(context, id);
  await context.requiredStep('promote', 'the new version stays');
  await setOwnRestartPolicy(context, study, id, passed);
  await tidyUpVersions(context);
  return passed;
}

/** Nothing runs there yet. */
export async function startOnly(context: RolloutContext, study: PreparedPlan): Promise<PassedGate> {
  const { names, plan } = context;
  await pullImage(context, study);
  const id = await createCandidate(context, study, names.candidate, true);
  await context.step('rename-new', `the new version becomes ${plan.name}`);
  await renameContainer(context, id, plan.name);
  const passed = await startNewVersion(context, id);
  await context.requiredStep('promote', 'the new version stays');
  await setOwnRestartPolicy(context, study, id, passed);
  await tidyUpVersions(context);
  return passed;
}

/** The new version starts beside the old one, without the name it is to be found by until it has passed. */
export async function startFirst(context: RolloutContext, study: PreparedPlan): Promise<PassedGate> {
  await pullImage(context, study);
  const id = await createCandidate(context, study, context.names.versioned, false);
  const passed = await startNewVersion(context, id);
  await assertNeighboursUnaffected(context, study);
  await context.step('promote', 'the network alias passes to the new version');
  await moveAliases(context, study, id, passed);
  await setOwnRestartPolicy(context, study, id, passed);
  await drainOldVersion(context, id, passed);
  await stopOldVersion(context);
  await tidyUpVersions(context);
  return passed;
}

/** Looks again right before the old version is touched: a pull takes minutes, in which somebody may have joined it. */
export async function assertNeighboursUnaffected(context: RolloutContext, { draft }: PreparedPlan): Promise<void> {
  const { engine, plan, run } = context;
  const around = await context.retryWhileAway(() =>
    inspectContainers(engine, plan.name, run.signal, plan.now?.containerId),
  );
  const conflicts = neighbourConflicts(around, draft);
  if (conflicts.length > 0) throw new StepFailed(conflicts.join(' '), 'Then deploy again.');
}

async function startNewVersion(context: RolloutContext, id: string): Promise<PassedGate> {
  await context.step('start', 'starting the new version');
  await startCandidate(context, id);
  const { healthyWithin } = context.run.wanted.rollout;
  await context.step('gate', 'waiting for the new version to be healthy', { until: { ...momentIn(healthyWithin) } });
  return passGate(context, id, healthyWithin);
}

const SEE_EVIDENCE =
  'Its last lines and health checks are in the thread of its card; fix it, then deploy a new version.';

/** The gate, or the reason why not as a failure. */
export async function passGate(context: RolloutContext, id: string, healthyWithin: number): Promise<PassedGate> {
  const { stableFor, probe } = context.run.wanted.rollout;
  const outcome = await waitForGate(context, id, { healthyWithin, stableFor, probe, signal: context.run.signal });
  if (outcome.passed) return outcome;
  throw new StepFailed(outcome.why, adviceFor(outcome, SEE_EVIDENCE), { blame: outcome.blame });
}

/** An alias cannot be added to a network a container is on, so it leaves and comes back with it. */
export async function moveAliases(
  context: RolloutContext,
  { draft, survey: found }: PreparedPlan,
  id: string,
  passed: PassedGate,
): Promise<void> {
  const { engine, plan, run } = context;
  const raw = await engine.inspectRaw(id);
  for (const [name, endpoint] of draft.endpoints) {
    const network = found.networks.find((item) => item.name === name || item.id === name);
    // The container's own name was one it was found by too, and the new one has another.
    const aliases = [...new Set([...endpoint.aliases, plan.name])];
    const has = raw.NetworkSettings.Networks[name]?.Aliases ?? [];
    if (!network || aliases.every((alias) => has.includes(alias))) continue;
    if (raw.NetworkSettings.Networks[name]) await engine.disconnectNetwork(network.id, id);
    await engine.connectNetwork(network.id, id, endpointConfig(endpoint, aliases));
  }
  const { healthyWithin, probe } = run.wanted.rollout;
  const outcome = await waitForGate(context, id, {
    healthyWithin,
    stableFor: 0,
    probe,
    signal: run.signal,
    run: passed.run,
  });
  if (outcome.passed) return;
  const advice = adviceFor(outcome, 'It passed, but not with its network alias: look at its log.');
  throw new StepFailed(outcome.why, advice, { blame: outcome.blame });
}

/**
 * The old version is no longer found by those who look for the service, and finishes what it began: stopped while it was,
 * it would take the requests of its last moments with it. The new one has all the requests for the first time now, so it
 * is watched for as long: the old one is still there to go back to.
 */
export async function drainOldVersion(context: RolloutContext, id: string, passed: PassedGate): Promise<void> {
  const { run, names } = context;
  const { old } = await findContainers(context);
  if (old?.state !== 'running') return;
  const forHowLong = sayDuration(run.wanted.rollout.drain);
  await context.step('drain', `the old version leaves the alias, and finishes what it began, for ${forHowLong}`);
  await unlessGone(setNameAndAliases(context, old.id, names.previous, 'without'));
  const broken = await watchRun(context, id, passed.run, { ms: run.wanted.rollout.drain, signal: run.signal });
  if (broken) throw new StepFailed(broken.why, adviceFor(broken, SEE_EVIDENCE), { blame: broken.blame });
}

/** From here on the new version serves, and nobody can call it off. */
export async function stopOldVersion(context: RolloutContext): Promise<void> {
  const { names } = context;
  await context.requiredStep('stop-old', 'stopping the old version');
  const { old } = await findContainers(context);
  if (!old) return;
  await context.retryWhileAway(() => stopForGood(context, old));
  await context.requiredStep('rename-old', `keeping the old version as ${names.previous}`);
  await context.retryWhileAway(() => setNameAndAliases(context, old.id, names.previous, 'with aliases'));
}

/** Gives a version that has passed its own restart policy, and looks whether it still runs: until now it would not be restarted. */
export async function setOwnRestartPolicy(
  context: RolloutContext,
  study: PreparedPlan,
  id: string,
  passed: PassedGate,
): Promise<void> {
  const policy = policyFor(context, study);
  const refused = await context
    .retryWhileAway(() => setRestartPolicy(context, id, policy))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  await assertStillRuns(context, id, passed);
  if (refused !== undefined) throw refused;
}

/** Throws when the run that passed has ended since, whatever runs now: by its own policy it is restarted in a moment. */
export async function assertStillRuns(context: RolloutContext, id: string, { run }: PassedGate): Promise<void> {
  const broken = await watchRun(context, id, run, { ms: 0 });
  if (broken)
    throw new StepFailed(`It had passed, and then: ${broken.why}`, adviceFor(broken, PASSED_TOO_SOON), {
      blame: broken.blame,
    });
}

const PASSED_TOO_SOON = 'A health check, or a longer stableFor, would have seen it sooner.';

/** Nothing can be called off any more. */
export async function tidyUpVersions(context: RolloutContext): Promise<void> {
  await context.requiredStep('retain', 'tidying up earlier versions');
  await context.retryWhileAway(() => removeOldVersions(context));
}

// An adopted one's is in the plan: the old container has lost its own by being stopped.
function policyFor({ plan, run }: RolloutContext, { draft }: PreparedPlan): RestartPolicy {
  if (run.wanted.from.kind === 'adopt' && plan.now) return plan.now.restartPolicy;
  return restartPolicyOf(draft.hostConfig['RestartPolicy'] as Parameters<typeof restartPolicyOf>[0]);
}

async function findOldVersion(context: RolloutContext): Promise<Container> {
  const { old } = await findContainers(context);
  if (old) return old;
  throw new StepFailed('The old container is gone: somebody removed it.', 'Plan again.');
}
