import { messageOf } from '../../domain/errors.ts';
import { commandLine, type Phrase, phrase } from '../../domain/phrase.ts';
import { explain } from '../client/cause.ts';
import { EngineError } from '../client/engine-error.ts';
import type { Container } from '../client/types.ts';
import { isPortTaken } from './blame.ts';
import {
  findContainers,
  isProcessEnding,
  isUnavailable,
  mayHaveTakenEffect,
  type RolloutContext,
  StepFailed,
} from './context.ts';
import { type CreateOptions, createRequest } from './draft.ts';
import { failedVersions, isAbandoned, LABELS, ownName, previousVersions, rolloutLabels } from './names.ts';
import { type PreparedPlan, restartPolicyOf } from './plan.ts';
import { portAdvice, startContainer } from './start-container.ts';
import { pinnedReference, unlessGone } from './survey.ts';
import type { RestartPolicy } from './types.ts';

/** Engines take this long by default between the stop signal and the end by force. */
const STOP_SECONDS = 10;

/** Fetches the image by its digest alone: what its tag means on the host is changed by `nameImage`, once it has passed. */
export async function pullImage(context: RolloutContext, { survey: found }: PreparedPlan): Promise<void> {
  const { engine, run, plan } = context;
  const { image } = run.wanted;
  const reference = pinnedReference(run.wanted);
  await context.step(
    'pull',
    found.image ? 'the image is already on the host' : `pulling ${image.tag ?? image.digest.slice(7, 19)}`,
  );
  const { signal } = run;
  try {
    if (!found.image)
      await engine.pull(
        { reference, auth: run.auth },
        ({ bytesDone, bytesTotal, status }) =>
          context.showProgress(status, bytesTotal > 0 ? bytesDone / bytesTotal : undefined),
        { signal },
      );
    // What was there when the plan was made, somebody may have removed since.
    await engine.imageConfig(reference, { signal });
  } catch (error) {
    if (!(error instanceof EngineError) || signal.aborted) throw error;
    const { summary, tryThis } = explain(error, { host: plan.host, reference });
    throw new StepFailed(`Image pull failed: ${summary} Details: ${endOnce(error.engineSaid)}`, tryThis, {
      cause: error,
    });
  }
}

/**
 * Gives the image of the new container, which has passed, the tag people know it by. Resolves to what to tell them when the
 * engine refuses: without its tag the version serves all the same.
 */
export async function tagImage(context: RolloutContext, { imageId }: Container): Promise<string | undefined> {
  const { engine, run, plan } = context;
  const { repository, tag } = run.wanted.image;
  if (tag === undefined) return undefined;
  const reference = pinnedReference(run.wanted);
  try {
    await context.retryWhileAway(async () => {
      // Somebody may have taken its digest from an image in use, which is still known by its id then.
      const image = await unlessGone(engine.imageConfig(reference));
      await engine.tagImage(image?.id ?? imageId, { repository, tag });
    });
    return undefined;
  } catch (error) {
    if (isProcessEnding(error)) throw error;
    return `Could not set tag ${tag} on ${plan.host}: ${endOnce(messageOf(error))} Set it with \`docker tag ${reference} ${repository}:${tag}\`.`;
  }
}

/** Makes the new container without starting it: what the engine does not like about it is known before anything stops. */
export async function createCandidate(
  context: RolloutContext,
  { draft, survey: found }: PreparedPlan,
  name: string,
  aliases: 'with aliases' | 'without aliases',
): Promise<string> {
  const { engine, run, plan } = context;
  await context.step('create', `creating ${name}`);
  const { repository, tag, digest } = run.wanted.image;
  const making: CreateOptions = {
    image: `${repository}${tag === undefined ? '' : `:${tag}`}@${digest}`,
    labels: rolloutLabels(run),
    manyNetworks: found.minor >= 44,
    withAliases: aliases === 'with aliases',
    // So that a version that crashes stays as it fell, to be looked at, and does not fight its own removal.
    restart: found.canChangePolicy ? 'no' : 'own',
  };
  const { body, connectLater: later } = createRequest(draft, making);
  const inTheWay = found.containers.find((item) => ownName(item) === name && isAbandoned(item, plan.name));
  if (inTheWay) await unlessGone(engine.removeContainer(inTheWay.id));
  const id = await engine.createContainer({ name, body }, {}).catch((error: unknown) => {
    throw stepFailure(`Creating ${name} failed`, error, plan.host);
  });
  const networkOf = (name: string) => found.networks.find((item) => item.name === name || item.id === name);
  const left = draft.leftNetwork === undefined ? undefined : networkOf(draft.leftNetwork);
  if (left) await engine.disconnectNetwork(left.id, id);
  for (const [network, endpoint] of later) {
    const known = networkOf(network);
    if (!known) throw new StepFailed(`Network ${network} does not exist.`, 'Create the network, then deploy again.');
    await engine.connectNetwork(known.id, id, endpoint);
  }
  return id;
}

/** Stops a container for good: a restart policy would bring it back with the engine. */
export async function stopForGood(context: RolloutContext, container: Container): Promise<void> {
  const { engine } = context;
  const none = () => setRestartPolicy(context, container.id, { name: 'no', maximumRetryCount: 0 });
  const { Config, HostConfig } = await engine.inspectRaw(container.id);
  // Of one that is just between two restarts an engine changes nothing; once it is stopped, it does.
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

/** Of a host's disk: then an engine can write down no change, and it is better not to begin one. */
export const isDiskFull = (error: unknown) => error instanceof EngineError && error.fault === 'no_space';

/** Stops and removes one that cannot be set aside. */
export async function stopAndRemove({ engine }: RolloutContext, { id }: Container): Promise<void> {
  await unlessGone(engine.stopContainer(id, STOP_SECONDS));
  await unlessGone(engine.removeContainer(id));
}

/** Podman before 5 has no such call, and containers there outlive no reboot anyway. */
export async function setRestartPolicy(context: RolloutContext, id: string, policy: RestartPolicy): Promise<void> {
  try {
    await context.engine.updateRestartPolicy(id, policy);
  } catch (error) {
    if (error instanceof EngineError && error.fault === 'not_found' && /^not found\s*$/iu.test(error.engineSaid))
      return;
    throw error;
  }
}

/** Gives a stopped container another name; if it has it already, that is fine. */
export async function renameContainer(context: RolloutContext, id: string, name: string): Promise<void> {
  try {
    await context.engine.renameContainer(id, name);
  } catch (error) {
    const now = await unlessGone(context.engine.inspectRaw(id));
    if (now?.Name !== name) throw error;
  }
}

/** Nobody serves meanwhile in a stop-first rollout, and going back ends that sooner. */
const START_RETRY_MS = 6000;

export async function startCandidate(context: RolloutContext, id: string): Promise<void> {
  await startContainer(context, id, START_RETRY_MS, context.run.signal).catch(async (error: unknown) => {
    const advice = error instanceof EngineError && isPortTaken(error) ? await portAdvice(context, error) : undefined;
    throw stepFailure('Starting the new version failed', error, context.plan.host, advice);
  });
}

/** Removes earlier versions beyond those that are kept, and earlier failures. Volumes stay: a prune offers them. */
export async function removeOldVersions(context: RolloutContext): Promise<void> {
  const { plan, run } = context;
  const { all } = await findContainers(context);
  const others = all.filter((item) => item.state !== 'running' && item.labels[LABELS.deploy] !== run.deployId);
  // Names sort by the clock; whatever it was set to, the version that this very rollout set aside is the newest.
  const isOwn = (item: Container) => ownName(item) === context.names.previous;
  const aside = previousVersions(others, plan.name).toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
  const previous = aside.slice(run.wanted.rollout.keep);
  const failedOnes = failedVersions(others, plan.name);
  // One at a time is at work here: what another made and never started, its create having been given up, nobody ends.
  const unborn = others.filter((item) => isAbandoned(item, plan.name));
  for (const { id } of [...previous, ...failedOnes, ...unborn]) await unlessGone(context.engine.removeContainer(id));
}

function stepFailure(what: string, error: unknown, host: string, own?: string): unknown {
  if (!(error instanceof EngineError) || error.status === undefined) return error;
  const { tryThis } = explain(error, { host });
  return new StepFailed(`${what}: ${endOnce(error.engineSaid)}`, own ?? advice(error.engineSaid) ?? tryThis, {
    cause: error,
  });
}

const endOnce = (text: string) => `${text.replace(/(?<![.\s])[.\s]+$/u, '')}.`;

const ADVICE: readonly (readonly [RegExp, Phrase])[] = [
  [/executable file not found/iu, 'The command is not in the image: check command and entrypoint.'],
  [/permission denied/iu, 'The user may not execute the command or a mounted file.'],
  [/bind source path does not exist|not a directory/iu, 'Check the mounted paths on the host.'],
  [/no matching entries in passwd/iu, 'The user is not in the image: check user.'],
  [/memory limit/iu, 'Check memory and swap.'],
  [/Range of CPUs/iu, 'The host has fewer CPUs: check cpus.'],
  [/network .{0,300} not found/iu, 'Create the network on the host first.'],
  [
    /is already in use by container/iu,
    phrase`Another rollout is under way, or one was never finished: see ${commandLine('ps -a')}.`,
  ],
];

function advice(words: string): Phrase | undefined {
  return ADVICE.find(([pattern]) => pattern.test(words))?.[1];
}
