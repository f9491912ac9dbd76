import type { CreateBody } from '../client/deploy-calls.ts';
import { EngineError } from '../client/engine-error.ts';
import type { Container } from '../client/types.ts';
import { isPortTaken } from './blame.ts';
import { findContainers, isUnavailable, mayHaveTakenEffect, type RolloutContext, StepFailed } from './context.ts';
import { type CreateOptions, createRequest } from './draft.ts';
import { failedVersions, isAbandoned, LABELS, ownName, previousVersions, rolloutLabels } from './names.ts';
import { type PreparedPlan, restartPolicyOf } from './plan.ts';
import { portAdvice, startContainer } from './start-container.ts';
import { stepFailure } from './step-failure.ts';
import { type Survey, unlessGone } from './survey.ts';
import type { RestartPolicy } from './types.ts';

/** Default seconds between the stop signal and the kill. */
const STOP_SECONDS = 10;

/**
 * Creates the new container without starting it, so that settings the engine refuses are known before anything stops.
 */
export async function createCandidate(
  context: RolloutContext,
  { draft, survey }: PreparedPlan,
  name: string,
  aliases: 'with aliases' | 'without aliases',
): Promise<string> {
  const { engine } = context;
  await context.step('create', `creating ${name}`);
  const { body, connectLater } = createRequest(draft, createOptions(context, survey, aliases));
  const id = await createNamed(context, survey, name, body);
  const networkOf = (name: string) => survey.networks.find((item) => item.name === name || item.id === name);
  const left = draft.leftNetwork === undefined ? undefined : networkOf(draft.leftNetwork);
  if (left) await engine.disconnectNetwork(left.id, id);
  for (const [network, endpoint] of connectLater) {
    const known = networkOf(network);
    if (!known) throw new StepFailed(`Network ${network} does not exist.`, 'Create the network, then deploy again.');
    await engine.connectNetwork(known.id, id, endpoint);
  }
  return id;
}

export function createOptions(
  { run }: Pick<RolloutContext, 'run'>,
  survey: Survey,
  aliases: 'with aliases' | 'without aliases',
): CreateOptions {
  const { repository, tag, digest } = run.wanted.image;
  return {
    image: `${repository}${tag === undefined ? '' : `:${tag}`}@${digest}`,
    labels: rolloutLabels(run),
    manyNetworks: survey.minor >= 44,
    withAliases: aliases === 'with aliases',
    // Without a restart policy a version that crashes stays as it is, for inspection, and does not restart during its
    // removal.
    restart: survey.canChangePolicy ? 'no' : 'own',
  };
}

/** Creates a container, in place of one of that name that an earlier rollout lost. */
export async function createNamed(
  { engine, plan }: RolloutContext,
  survey: Survey,
  name: string,
  body: CreateBody,
): Promise<string> {
  const leftOver = survey.containers.find((item) => ownName(item) === name && isAbandoned(item, plan.name));
  if (leftOver) await unlessGone(engine.removeContainer(leftOver.id));
  return engine.createContainer({ name, body, platform: survey.platform }, {}).catch((error: unknown) => {
    throw stepFailure(`Creating ${name} failed`, error, plan.host);
  });
}

/** Stops a container and removes its restart policy, which would start it again with the engine. */
export async function stopForGood(context: RolloutContext, container: Container): Promise<void> {
  const { engine } = context;
  const none = () => setRestartPolicy(context, container.id, { name: 'no', maximumRetryCount: 0 });
  const { Config, HostConfig } = await engine.inspectRaw(container.id);
  // An engine changes nothing on a container that is between two restarts; once it is stopped, it does.
  const isSet =
    restartPolicyOf(HostConfig.RestartPolicy).name === 'no' ||
    (await none().then(
      () => true,
      (error: unknown) => {
        if (isUnavailable(error) || isDiskFull(error)) throw error;
        return false;
      },
    ));
  const isOld = container.id === context.plan.now?.containerId;
  if (isOld) context.setStopping(true);
  try {
    await engine.stopContainer(container.id, Config.StopTimeout ?? STOP_SECONDS);
    if (isOld) context.setStopping(false);
  } catch (error) {
    if (isOld && !mayHaveTakenEffect(error)) context.setStopping(false);
    throw error;
  }
  if (!isSet) await none();
}

/** Whether the host's disk is full: then an engine can store no change, so none is started. */
export const isDiskFull = (error: unknown) => error instanceof EngineError && error.fault === 'no_space';

/** Stops and removes a container that cannot be kept. */
export async function stopAndRemove({ engine }: RolloutContext, { id }: Pick<Container, 'id'>): Promise<void> {
  await unlessGone(engine.stopContainer(id, STOP_SECONDS));
  await unlessGone(engine.removeContainer(id));
}

/** Sets a restart policy; skipped on Podman before 5, which has no such call. */
export async function setRestartPolicy(context: RolloutContext, id: string, policy: RestartPolicy): Promise<void> {
  try {
    await context.engine.updateRestartPolicy(id, policy);
  } catch (error) {
    if (error instanceof EngineError && error.fault === 'not_found' && /^not found\s*$/iu.test(error.engineSaid))
      return;
    throw error;
  }
}

/** Renames a stopped container; succeeds if it already has the name. */
export async function renameContainer(context: RolloutContext, id: string, name: string): Promise<void> {
  try {
    await context.engine.renameContainer(id, name);
  } catch (error) {
    const now = await unlessGone(context.engine.inspectRaw(id));
    if (now?.Name !== name) throw error;
  }
}

/** Short, since nothing serves meanwhile in a stop-first rollout, and a rollback ends that sooner. */
const TAKEN_PORT_MS = 6000;

export async function startCandidate(context: RolloutContext, id: string): Promise<void> {
  const patience = { portMs: TAKEN_PORT_MS, signal: context.run.signal };
  await startContainer(context, id, patience).catch(async (error: unknown) => {
    const advice = error instanceof EngineError && isPortTaken(error) ? await portAdvice(context, error) : undefined;
    throw stepFailure('Starting the new version failed', error, context.plan.host, advice);
  });
}

/** Removes earlier versions beyond `keep`, and earlier failed versions. Volumes stay; a prune offers them. */
export async function removeOldVersions(context: RolloutContext): Promise<void> {
  const { plan, run } = context;
  const { all } = await findContainers(context);
  const others = all.filter((item) => item.state !== 'running' && item.labels[LABELS.deploy] !== run.deployId);
  // Names sort by the clock, which may have been set back; the version this rollout set aside is always the newest.
  const isOwn = (item: Container) => ownName(item) === context.names.previous;
  const aside = previousVersions(others, plan.name).toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
  const previous = aside.slice(run.wanted.rollout.keep);
  const failedOnes = failedVersions(others, plan.name);
  // Abandoned containers of earlier rollouts are removed, since only one rollout runs at a time.
  const abandoned = others.filter((item) => isAbandoned(item, plan.name));
  for (const { id } of [...previous, ...failedOnes, ...abandoned]) await unlessGone(context.engine.removeContainer(id));
}
