import type { Engine } from '../../../docker/client/engine.ts';
import { EngineError } from '../../../docker/client/engine-error.ts';
import type { Container, Image } from '../../../docker/client/types.ts';
import { LABELS } from '../../../docker/rollout/names.ts';
import { type ImageReference, parseReference } from '../../../domain/reference.ts';

/** A version of one repository that runs on a host. */
export interface RunningVersion {
  readonly host: string;
  /** Running containers of it. */
  readonly containers: number;
  /** What it was started as; undefined where only its digest is known. */
  readonly tag: string | undefined;
  /** Digests under which the host has the image from this repository; none for one that was built there. */
  readonly digests: readonly string[];
}

/** Containers of a host that are inspected for one answer. */
const MOST_INSPECTED = 50;

/** How an engine lists the image of a container that it has no name for. */
const IMAGE_ID = /^(?:sha256:)?[0-9a-f]{12,64}$/u;

type Repository = Pick<ImageReference, 'registry' | 'path'>;

/** The versions of a repository that run on a host now. */
export async function runningVersions(
  { engine, host }: { readonly engine: Engine; readonly host: string },
  repository: Repository,
  signal: AbortSignal,
): Promise<RunningVersion[]> {
  const [containers, images] = await Promise.all([
    engine.listContainers({ all: false }, { signal }),
    engine.listImages({ all: false, filters: {} }, { signal }),
  ]);
  const byId = new Map(images.map((image) => [image.id, image]));
  const known = containers.map((container) => ({
    container,
    version: versionOf(container, byId.get(container.imageId), repository),
  }));
  // Once a tag stands for another image, an engine lists a container by its image's id, and a containerd image store keeps
  // no name of that image in its repository. The settings of the container keep what it was started as.
  const unclear = known.filter(({ container, version }) =>
    version ? version.tag === undefined : IMAGE_ID.test(container.image),
  );
  const startedAs = new Map(
    await Promise.all(
      unclear
        .slice(0, MOST_INSPECTED)
        .map(async ({ container: { id } }) => [id, await imageOf(engine, id, signal)] as const),
    ),
  );
  const versions = known.flatMap(({ container: { id, imageId }, version }): Version[] => {
    const [name] = nameIn(repository, startedAs.get(id) ?? '');
    if (version) return [{ ...version, tag: version.tag ?? name?.tag }];
    return name === undefined ? [] : [{ tag: name.tag, digests: [imageId] }];
  });
  const alike = Map.groupBy(versions, ({ tag, digests }) => `${tag} ${digests.join(' ')}`);
  return [...alike.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ host, containers: others.length + 1, ...first }],
  );
}

type Version = Pick<RunningVersion, 'tag' | 'digests'>;

/** The image a container was started from, as it was named then; empty for one that is gone. */
async function imageOf(engine: Engine, id: string, signal: AbortSignal): Promise<string> {
  try {
    return (await engine.inspectRaw(id, { signal })).Config.Image;
  } catch (error) {
    if (error instanceof EngineError && error.status !== undefined) return '';
    throw error;
  }
}

function versionOf(container: Container, image: Image | undefined, repository: Repository): Version | undefined {
  const names = [...(image?.tags ?? []), ...(image?.digests ?? [])].flatMap((name) => nameIn(repository, name));
  const own = nameIn(repository, container.image);
  if (names.length === 0 && own.length === 0) return undefined;
  const digests = [...new Set([...names, ...own].flatMap(({ digest }) => digest ?? []))];
  // An image may have the label of a rollout that it was not started by; then the digest is another.
  const deployed = nameIn(repository, container.labels[LABELS.image] ?? '').filter(
    ({ digest }) => digest !== undefined && digests.includes(digest),
  );
  const [tag] = [...own, ...deployed, ...names].flatMap((name) => name.tag ?? []);
  return { tag, digests };
}

function nameIn({ registry, path }: Repository, name: string): ImageReference[] {
  try {
    const reference = parseReference(name);
    return reference.registry === registry && reference.path === path ? [reference] : [];
  } catch {
    return [];
  }
}

/** How a tag of the registry runs on a host. */
export interface TagRun {
  readonly host: string;
  readonly containers: number;
  /** `moved`: the host runs what the tag stood for before. `unknown`: a digest is missing to tell. */
  readonly state: 'same' | 'moved' | 'unknown';
}

/** The hosts that run a tag, by its digest in the registry and by the name it was started as. */
export function runsOf(
  { tag, digest }: { readonly tag: string; readonly digest: string | undefined },
  running: readonly RunningVersion[],
): TagRun[] {
  return running.flatMap((version): TagRun[] => {
    const { host, containers } = version;
    if (digest !== undefined && version.digests.includes(digest)) return [{ host, containers, state: 'same' }];
    if (version.tag !== tag) return [];
    return [{ host, containers, state: digest === undefined || version.digests.length === 0 ? 'unknown' : 'moved' }];
  });
}
