import { messageOf } from '../../domain/errors.ts';
import { commandLine, type Phrase, phrase } from '../../domain/phrase.ts';
import { explain } from '../client/cause.ts';
import { EngineError } from '../client/engine-error.ts';
import type { Container } from '../client/types.ts';
import { isHeldPort } from './blame.ts';
import { isAway, look, mayBeHeard, mustLeave, type Site, StepFailed } from './context.ts';
import { bodyOf, type Making } from './draft.ts';
import { failedOf, isOrphan, LABELS, labelsOf, ownName, previousOf } from './names.ts';
import { policyOf, type Study } from './plan.ts';
import { portAdvice, startContainer } from './start-container.ts';
import { pinned, unlessGone } from './survey.ts';
import type { RestartPolicy } from './types.ts';

/** Engines take this long by default between the stop signal and the end by force. */
const STOP_SECONDS = 10;

/** Fetches the image by its digest alone: what its tag means on the host is changed by `nameImage`, once it has passed. */
export async function pull(site: Site, { found }: Study): Promise<void> {
  const { engine, run, plan } = site;
  const { image } = run.wanted;
  const reference = pinned(run.wanted);
  await site.step('pull', found.image ? 'the image is there' : `pulling ${image.tag ?? image.digest.slice(7, 19)}`);
  const { signal } = run;
  try {
    if (!found.image)
      await engine.pull(
        { reference, auth: run.auth },
        ({ bytesDone, bytesTotal, status }) => site.say(status, bytesTotal > 0 ? bytesDone / bytesTotal : undefined),
        { signal },
      );
    // What was there when the plan was made, somebody may have removed since.
    await engine.imageConfig(reference, { signal });
  } catch (error) {
    if (!(error instanceof EngineError) || signal.aborted) throw error;
    const { summary, tryThis } = explain(error, { host: plan.host, reference });
    throw new StepFailed(`The image could not be pulled. ${summary} ${said(error)}`, tryThis, { cause: error });
  }
}

/**
 * Gives the image of the new container, which has passed, the tag people know it by. Resolves to what to tell them when the
 * engine refuses: without its tag the version serves all the same.
 */
export async function nameImage(site: Site, { imageId }: Container): Promise<string | undefined> {
  const { engine, run, plan } = site;
  const { repository, tag } = run.wanted.image;
  if (tag === undefined) return undefined;
  const reference = pinned(run.wanted);
  try {
    await site.insist(async () => {
      // Somebody may have taken its digest from an image in use, which is still known by its id then.
      const image = await unlessGone(engine.imageConfig(reference));
      await engine.tagImage(image?.id ?? imageId, { repository, tag });
    });
    return undefined;
  } catch (error) {
    if (mustLeave(error) || (error instanceof EngineError && error.fault === 'aborted')) throw error;
    return `Tag ${tag} was not set on ${plan.host}: ${endOnce(messageOf(error))} \`docker tag ${reference} ${repository}:${tag}\` sets it.`;
  }
}

/** Makes the new container without starting it: what the engine does not like about it is known before anything stops. */
export async function create(site: Site, { draft, found }: Study, name: string, withAliases: boolean): Promise<string> {
  const { engine, run, plan } = site;
  await site.step('create', `creating ${name}`);
  const { repository, tag, digest } = run.wanted.image;
  const making: Making = {
    image: `${repository}${tag === undefined ? '' : `:${tag}`}@${digest}`,
    labels: labelsOf(run),
    manyNetworks: found.minor >= 44,
    withAliases,
    // So that a version that crashes stays as it fell, to be looked at, and does not fight its own removal.
    restart: found.canChangePolicy ? 'no' : 'own',
  };
  const { body, later } = bodyOf(draft, making);
  const inTheWay = found.containers.find((item) => ownName(item) === name && isOrphan(item, plan.name));
  if (inTheWay) await unlessGone(engine.removeContainer(inTheWay.id));
  const id = await engine.createContainer({ name, body }, {}).catch((error: unknown) => {
    throw failed(`${name} could not be created`, error, plan.host);
  });
  const networkOf = (name: string) => found.networks.find((item) => item.name === name || item.id === name);
  const left = draft.leftNetwork === undefined ? undefined : networkOf(draft.leftNetwork);
  if (left) await engine.disconnectNetwork(left.id, id);
  for (const [network, endpoint] of later) {
    const known = networkOf(network);
    if (!known) throw new StepFailed(`There is no network ${network}.`, 'Create it, then deploy again.');
    await engine.connectNetwork(known.id, id, endpoint);
  }
  return id;
}

/** Stops a container for good: a restart policy would bring it back with the engine. */
export async function stopFor(site: Site, container: Container): Promise<void> {
  const { engine } = site;
  const none = () => setPolicy(site, container.id, { name: 'no', maximumRetryCount: 0 });
  const { Config, HostConfig } = await engine.inspectRaw(container.id);
  // Of one that is just between two restarts an engine changes nothing; once it is stopped, it does.
  const isSet =
    policyOf(HostConfig.RestartPolicy).name === 'no' ||
    (await none().then(
      () => true,
      (error: unknown) => {
        if (isAway(error) || isFull(error)) throw error;
        return false;
      },
    ));
  const isOld = container.id === site.plan.now?.containerId;
  if (isOld) site.stopping(true);
  try {
    await engine.stopContainer(container.id, Config.StopTimeout ?? STOP_SECONDS);
    if (isOld) site.stopping(false);
  } catch (error) {
    if (isOld && !mayBeHeard(error)) site.stopping(false);
    throw error;
  }
  if (!isSet) await none();
}

/** Of a host's disk: then an engine can write down no change, and it is better not to begin one. */
export const isFull = (error: unknown) => error instanceof EngineError && error.fault === 'no_space';

/** Stops and removes one that cannot be set aside. */
export async function drop({ engine }: Site, { id }: Container): Promise<void> {
  await unlessGone(engine.stopContainer(id, STOP_SECONDS));
  await unlessGone(engine.removeContainer(id));
}

/** Podman before 5 has no such call, and containers there outlive no reboot anyway. */
export async function setPolicy(site: Site, id: string, policy: RestartPolicy): Promise<void> {
  try {
    await site.engine.updateRestartPolicy(id, policy);
  } catch (error) {
    if (error instanceof EngineError && error.fault === 'not_found' && /^not found\s*$/iu.test(error.engineSaid))
      return;
    throw error;
  }
}

/** Gives a stopped container another name; if it has it already, that is fine. */
export async function rename(site: Site, id: string, name: string): Promise<void> {
  try {
    await site.engine.renameContainer(id, name);
  } catch (error) {
    const now = await unlessGone(site.engine.inspectRaw(id));
    if (now?.Name !== name) throw error;
  }
}

/** Nobody serves meanwhile in a stop-first rollout, and going back ends that sooner. */
const START_AGAIN_MS = 6000;

export async function start(site: Site, id: string): Promise<void> {
  await startContainer(site, id, START_AGAIN_MS, site.run.signal).catch(async (error: unknown) => {
    const advice = error instanceof EngineError && isHeldPort(error) ? await portAdvice(site, error) : undefined;
    throw failed('The new version did not start', error, site.plan.host, advice);
  });
}

/** Removes earlier versions beyond those that are kept, and earlier failures. Volumes stay: a prune offers them. */
export async function retain(site: Site): Promise<void> {
  const { plan, run } = site;
  const { all } = await look(site);
  const others = all.filter((item) => item.state !== 'running' && item.labels[LABELS.deploy] !== run.deployId);
  // Names sort by the clock; whatever it was set to, the version that this very rollout set aside is the newest.
  const isOwn = (item: Container) => ownName(item) === site.names.previous;
  const aside = previousOf(others, plan.name).toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
  const previous = aside.slice(run.wanted.rollout.keep);
  const failed = failedOf(others, plan.name);
  // One at a time is at work here: what another made and never started, its create having been given up, nobody ends.
  const unborn = others.filter((item) => isOrphan(item, plan.name));
  for (const { id } of [...previous, ...failed, ...unborn]) await unlessGone(site.engine.removeContainer(id));
}

function failed(what: string, error: unknown, host: string, own?: string): unknown {
  if (!(error instanceof EngineError) || error.status === undefined) return error;
  const { tryThis } = explain(error, { host });
  return new StepFailed(`${what}: ${said(error)}`, own ?? advice(error.engineSaid) ?? tryThis, { cause: error });
}

const said = ({ engineSaid }: EngineError) => `The engine said: ${endOnce(engineSaid)}`;

const endOnce = (text: string) => `${text.replace(/(?<![.\s])[.\s]+$/u, '')}.`;

const ADVICE: readonly (readonly [RegExp, Phrase])[] = [
  [/executable file not found/iu, 'The command is not in the image: check command and entrypoint.'],
  [/permission denied/iu, 'The command or a mounted file may not be executed by that user.'],
  [/bind source path does not exist|not a directory/iu, 'Check the mounted paths on the host.'],
  [/no matching entries in passwd/iu, 'That user is not in the image: check user.'],
  [/memory limit/iu, 'Check memory and swap.'],
  [/Range of CPUs/iu, 'The host has fewer CPUs than that: check cpus.'],
  [/network .{0,300} not found/iu, 'Create the network on that host first.'],
  [
    /is already in use by container/iu,
    phrase`Another rollout is under way, or one was never finished: see ${commandLine('ps -a')}.`,
  ],
];

function advice(words: string): Phrase | undefined {
  return ADVICE.find(([pattern]) => pattern.test(words))?.[1];
}
