import { sayDuration } from '../../domain/duration.ts';
import type { Container } from '../client/types.ts';
import { setNameAndAliases } from './aliases.ts';
import { findContainers, type RolloutContext, StepFailed } from './context.ts';
import { endpointConfig } from './draft.ts';
import { adviceFor, waitForGate, watchRun } from './gate.ts';
import { assertStillRuns, type HealthyVersion, SEE_EVIDENCE } from './new-version.ts';
import { type PreparedPlan, restartPolicyOf } from './plan.ts';
import { removeOldVersions, renameContainer, setRestartPolicy, stopForGood } from './steps.ts';
import { unlessGone } from './survey.ts';
import type { JsonObject, RestartPolicy } from './types.ts';

export async function findOldVersion(context: RolloutContext): Promise<Container> {
  const { old } = await findContainers(context);
  if (old) return old;
  throw new StepFailed('The old container is gone: someone removed it.', 'Deploy again for a new plan.');
}

/** The run of the old version that is about to be ended, for the journal: after a rollback it tells whether it was ended. */
function runToEnd(context: RolloutContext): JsonObject | undefined {
  const startedAt = context.oldRun();
  return startedAt === undefined ? undefined : { oldRun: startedAt };
}

/** Stops the old version and renames it, so that a rollback finds it. From here until the gate nothing serves. */
export async function setAsideOldVersion(context: RolloutContext, old: Container): Promise<void> {
  const { names } = context;
  await context.step('stop-old', 'stopping the old version', runToEnd(context));
  if (old.state === 'running') context.markDown();
  await stopForGood(context, old);
  // Renamed only once it is stopped: a running container that is renamed leaves its old name in the DNS for good.
  await context.step('rename-old', `keeping the old version as ${names.previous}`);
  await renameContainer(context, old.id, names.previous);
}

export async function takeLiveName(context: RolloutContext, id: string): Promise<void> {
  const { name } = context.plan;
  await context.step('rename-new', `renaming the new version to ${name}`);
  await renameContainer(context, id, name);
}

/** Gives a healthy version its own restart policy, and checks that it still runs: without the policy it was not restarted. */
export async function setOwnRestartPolicy(
  context: RolloutContext,
  prepared: PreparedPlan,
  version: HealthyVersion,
): Promise<void> {
  const policy = policyFor(context, prepared);
  const refused = await context
    .retryWhileAway(() => setRestartPolicy(context, version.id, policy))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  await assertStillRuns(context, version);
  if (refused !== undefined) throw refused;
}

// The policy of an adopted container is in the plan: the old container lost it when it was stopped.
function policyFor({ plan, run }: RolloutContext, { draft }: PreparedPlan): RestartPolicy {
  if (run.wanted.from.kind === 'adopt' && plan.now) return plan.now.restartPolicy;
  return restartPolicyOf(draft.hostConfig['RestartPolicy'] as Parameters<typeof restartPolicyOf>[0]);
}

/** Takes the new version off each network and connects it again with the aliases, since an engine cannot add one. */
export async function moveAliases(
  context: RolloutContext,
  { draft, survey }: PreparedPlan,
  { id, run }: HealthyVersion,
): Promise<void> {
  const { engine, plan } = context;
  const raw = await engine.inspectRaw(id);
  for (const [name, endpoint] of draft.endpoints) {
    const network = survey.networks.find((item) => item.name === name || item.id === name);
    // Others found the old version by its container name too, and the new version has another one.
    const aliases = [...new Set([...endpoint.aliases, plan.name])];
    const has = raw.NetworkSettings.Networks[name]?.Aliases ?? [];
    if (!network || aliases.every((alias) => has.includes(alias))) continue;
    if (raw.NetworkSettings.Networks[name]) await engine.disconnectNetwork(network.id, id);
    await engine.connectNetwork(network.id, id, endpointConfig(endpoint, aliases));
  }
  const { healthyWithin, probe } = context.run.wanted.rollout;
  const { signal } = context.run;
  const outcome = await waitForGate(context, id, { healthyWithin, stableFor: 0, probe, signal, run });
  if (outcome.passed) return;
  const advice = adviceFor(
    outcome,
    'The version was healthy without the network alias and failed with it: see its log.',
  );
  throw new StepFailed(outcome.why, advice, { blame: outcome.blame });
}

/**
 * Takes the aliases from the old version and lets it finish open requests: stopped while it has the alias, it would drop the
 * requests of its last moments. The new version gets all requests for the first time, so it is watched for as long, while
 * the old version can still take over.
 */
export async function drainOldVersion(context: RolloutContext, { id, run }: HealthyVersion): Promise<void> {
  const { names } = context;
  const { drain } = context.run.wanted.rollout;
  const { old } = await findContainers(context);
  if (old?.state !== 'running') return;
  await context.step('drain', `draining the old version for ${sayDuration(drain)}`);
  await unlessGone(setNameAndAliases(context, old.id, names.previous, 'without aliases'));
  const failure = await watchRun(context, id, run, { ms: drain, signal: context.run.signal });
  if (failure) throw new StepFailed(failure.why, adviceFor(failure, SEE_EVIDENCE), { blame: failure.blame });
}

/** Stops the old version of a start-first rollout. The new version serves from here on, so the rollout can no longer be aborted. */
export async function stopOldVersion(context: RolloutContext): Promise<void> {
  const { names } = context;
  await context.requiredStep('stop-old', 'stopping the old version', runToEnd(context));
  const { old } = await findContainers(context);
  if (!old) return;
  await context.retryWhileAway(() => stopForGood(context, old));
  await context.requiredStep('rename-old', `keeping the old version as ${names.previous}`);
  await context.retryWhileAway(() => setNameAndAliases(context, old.id, names.previous, 'with aliases'));
}

export async function tidyUpVersions(context: RolloutContext): Promise<void> {
  await context.requiredStep('retain', 'removing old versions');
  await context.retryWhileAway(() => removeOldVersions(context));
}
