import type { Engine } from '../client/engine.ts';
import { EngineError } from '../client/engine-error.ts';
import type { Container, Network, Volume } from '../client/types.ts';
import type { RawContainer, RawImage } from '../shapes/raw.ts';
import { liveContainer, ownName } from './names.ts';
import { digestsOf } from './origin.ts';
import { type OwnParts, ownParts } from './own-parts.ts';
import { type PlatformChoice, platformFor, type WrongPlatform, wrongPlatform } from './platform.ts';
import type { Wanted } from './wanted.ts';

/** All containers of a host, with the one that is replaced. */
export interface HostContainers {
  readonly containers: readonly Container[];
  /** The container that is replaced, with its image if it is still on the host. */
  readonly live: { readonly raw: RawContainer; readonly image: RawImage | undefined } | undefined;
  /** Inspections of the other containers, running or not: lists do not contain their namespaces. */
  readonly others: readonly RawContainer[];
}

/** What a plan is made from. */
export interface Survey extends HostContainers {
  /** Minor number of the engine's API version. */
  readonly minor: number;
  readonly podman: boolean;
  /** False on Podman before 5. */
  readonly canChangePolicy: boolean;
  /** Fairlead's own containers, volumes and folders. */
  readonly ownParts: OwnParts;
  readonly networks: readonly Network[];
  readonly volumes: readonly Volume[];
  readonly diskFreeBytes: number | undefined;
  /** The platform of the new container (`linux/arm64`); undefined for the host's own. */
  readonly platform: string | undefined;
  /** The image of the new version, if the host has it for that platform. */
  readonly image: RawImage | undefined;
  /** Where the host does not have it, and its registry has it for other platforms only. */
  readonly wrongPlatform?: WrongPlatform | undefined;
}

/** What is known of the new image while a plan is made. */
export interface ImageOffer {
  /** Platforms that the registry has it for; empty where that is not known without asking. */
  readonly platforms: readonly string[];
  /** Resolves to none where no one says. */
  ask(engine: Engine): Promise<readonly string[]>;
}

export interface SurveyOptions {
  readonly signal?: AbortSignal | undefined;
  /** Id of the replaced container, for phases in which its name has changed. */
  readonly oldId?: string | undefined;
  /** Left out once a plan was made: what a digest stands for does not change. */
  readonly offer?: ImageOffer | undefined;
}

/** Containers inspected at the same time. */
const AT_ONCE = 6;

/** Reads a host: six calls, and an inspection of every container. */
export async function surveyHost(engine: Engine, wanted: Wanted, options: SurveyOptions): Promise<Survey> {
  const { signal } = options;
  const newImage = (platform?: string) => unlessGone(engine.imageConfig(pinnedReference(wanted), { signal, platform }));
  // Only an adopted container decides for which platform. Any other image is read beside the rest: what follows one
  // another here is waited for once more after the approval.
  const isEarly = wanted.from.kind !== 'adopt';
  const [version, host, networks, volumes, diskFreeBytes, early] = await Promise.all([
    engine.version({ signal }),
    inspectContainers(engine, wanted.name, options),
    engine.listNetworks({}, { signal }),
    engine.listVolumes({}, { signal }),
    engine.diskFree({ signal }),
    isEarly ? newImage() : undefined,
  ]);
  const choice = platformFor(wanted, host.live, version);
  const { platform } = choice;
  const found = isEarly ? early : await newImage(platform);
  const image = found && choice.isRight(found.platform) ? found : undefined;
  return {
    ...host,
    minor: Number(/^1\.(\d+)$/u.exec(version.apiVersion)?.[1] ?? 41),
    podman: version.podman,
    canChangePolicy: !version.podman || Number.parseInt(version.version, 10) >= 5,
    ownParts: ownParts(host.containers, engine.reach),
    networks,
    volumes,
    diskFreeBytes,
    platform,
    image,
    wrongPlatform: image ? undefined : wrongPlatform(choice, await offeredPlatforms(engine, choice, options)),
  };
}

/** The platforms that the registry has an image for. It is asked only for a container that runs for another one than its host's. */
async function offeredPlatforms(
  engine: Engine,
  { platform }: PlatformChoice,
  { offer }: SurveyOptions,
): Promise<readonly string[]> {
  if (!offer || offer.platforms.length > 0 || platform === undefined) return offer?.platforms ?? [];
  return offer.ask(engine);
}

async function inspectContainers(
  engine: Engine,
  name: string,
  { signal, oldId }: SurveyOptions,
): Promise<HostContainers> {
  const containers = await engine.listContainers({ all: true }, { signal });
  const found = oldId === undefined ? liveContainer(containers, name) : containers.find(({ id }) => id === oldId);
  const rest = containers.filter((item) => item.id !== found?.id);
  const [live, others] = await Promise.all([
    found && inspectLive(engine, found, signal),
    inspectAll(engine, rest, signal),
  ]);
  return { containers, live, others };
}

/**
 * Reads the containers of a host again. Namespaces and volumes that a container shares are fixed when it is created, so only
 * the replaced container and containers that are not in `before` are inspected; names and states are those of the new list.
 */
export async function inspectNewContainers(
  engine: Engine,
  before: HostContainers,
  signal: AbortSignal,
): Promise<HostContainers> {
  const containers = await engine.listContainers({ all: true }, { signal });
  const known = new Map(before.others.map((raw) => [raw.Id, raw]));
  const liveId = before.live?.raw.Id;
  const rest = containers.filter(({ id }) => id !== liveId);
  const [live, added] = await Promise.all([
    containers.some(({ id }) => id === liveId) ? unlessGone(engine.inspectRaw(liveId ?? '', { signal })) : undefined,
    inspectAll(
      engine,
      rest.filter(({ id }) => !known.has(id)),
      signal,
    ),
  ]);
  const kept = rest.flatMap((item) => {
    const raw = known.get(item.id);
    return raw ? { ...raw, Name: ownName(item) } : [];
  });
  return { containers, live: live && { raw: live, image: before.live?.image }, others: [...kept, ...added] };
}

export const pinnedReference = ({ image }: Wanted) => `${image.repository}@${image.digest}`;

async function inspectLive(
  engine: Engine,
  { id, imageId }: Container,
  signal: AbortSignal | undefined,
): Promise<Survey['live']> {
  // The list names the image already, as a rule in the same words.
  const [raw, listed] = await Promise.all([
    engine.inspectRaw(id, { signal }),
    engine.imageConfig(imageId, { signal }).catch(() => undefined),
  ]);
  const isListed = listed !== undefined && raw.Image === imageId;
  const image = isListed ? listed : await unlessGone(engine.imageConfig(raw.Image, { signal }));
  return { raw, image: image && { ...image, digests: [...digestsOf(raw, image)] } };
}

/** Inspects containers, a few at a time; those that were removed since they were listed are left out. */
export async function inspectAll(
  engine: Engine,
  containers: readonly Container[],
  signal: AbortSignal | undefined,
): Promise<RawContainer[]> {
  const out: RawContainer[] = [];
  for (let at = 0; at < containers.length; at += AT_ONCE) {
    const some = containers.slice(at, at + AT_ONCE);
    const found = await Promise.all(some.map(({ id }) => unlessGone(engine.inspectRaw(id, { signal }))));
    out.push(...found.filter((raw) => raw !== undefined));
  }
  return out;
}

/** Undefined for an object that was removed since it was listed. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof EngineError && error.fault === 'not_found') return undefined;
    throw error;
  }
}
