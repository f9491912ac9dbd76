import type { Prunable, PruneArgs } from '../../commands/cleanup/prune.ts';
import type { Engine } from '../../docker/client/engine.ts';
import { EngineError } from '../../docker/client/engine-error.ts';
import type { CacheRecord, ContainerState, Image } from '../../docker/client/types.ts';
import { keptByRollouts } from '../../docker/rollout/names.ts';
import { ownParts } from '../../docker/rollout/own-parts.ts';

/** One thing that would go. Deleting takes exactly this id. */
export interface Candidate {
  readonly id: string;
  readonly label: string;
  readonly bytes: number;
  /** Of an image: what it is called. */
  readonly names?: readonly string[];
  /** Of a volume, whose name may be another's by the time it is removed. Unix milliseconds. */
  readonly createdAt?: number | undefined;
}

/** Something with this label is never offered. */
export const KEEP_LABEL = 'fairlead.keep';

interface Options {
  readonly args: PruneArgs;
  readonly now: number;
  readonly signal: AbortSignal;
  /** Digests of the versions this host can go back to: never offered. */
  readonly verified: ReadonlySet<string>;
}
type Labels = Readonly<Record<string, string>>;

/** What `/prune` would remove from one host now. */
export function candidates(engine: Engine, options: Options): Promise<Candidate[]> {
  return FINDERS[options.args.what](engine, options);
}

const FINDERS: Record<Prunable, (engine: Engine, options: Options) => Promise<Candidate[]>> = {
  images,
  containers,
  volumes,
  networks,
  cache,
};

const old = (createdAt: number | undefined, { args, now }: Options) =>
  args.olderThan === undefined || (createdAt !== undefined && createdAt < now - args.olderThan);
const free = (labels: Labels) => !Object.hasOwn(labels, KEEP_LABEL);

async function images(engine: Engine, options: Options): Promise<Candidate[]> {
  const { signal } = options;
  const [all, inUse] = await Promise.all([
    engine.listImages({ all: false, filters: options.args.all ? {} : { dangling: ['true'] } }, { signal }),
    usedImages(engine, signal),
  ]);
  return all
    .filter((image) => !inUse.has(image.id) && free(image.labels) && old(image.createdAt, options))
    .filter((image) => !isVerified(image, options.verified))
    .map((image) => ({
      id: image.id,
      label: image.tags.join(', ') || (image.digests[0] ?? '<none>'),
      bytes: image.bytes,
      names: namesOf(image),
    }));
}

// Of an image that lost its last name, a containerd image store keeps the digest as its id only.
function isVerified({ id, digests }: Image, verified: ReadonlySet<string>): boolean {
  return verified.has(id) || digests.some((name) => verified.has(name.slice(name.indexOf('@') + 1)));
}

/** With its last tag in a repository an image loses its digest there; a digest without a tag is a name of its own. */
function namesOf({ tags, digests }: Pick<Image, 'tags' | 'digests'>): readonly string[] {
  const tagged = new Set(tags.map(repositoryOf));
  return [...tags, ...digests.filter((name) => !tagged.has(repositoryOf(name)))];
}

const repositoryOf = (name: string) => name.replace(/@[^@]*$|:[^:/]*$/u, '');

async function usedImages(engine: Engine, signal: AbortSignal): Promise<Set<string>> {
  return new Set((await engine.listContainers({ all: true }, { signal })).map((container) => container.imageId));
}

const STOPPED: readonly ContainerState[] = ['created', 'exited', 'dead'];

async function containers(engine: Engine, options: Options): Promise<Candidate[]> {
  const { signal } = options;
  const [all, sizes] = await Promise.all([
    engine.listContainers({ all: true }, { signal }),
    engine.containerSizes({ signal }),
  ]);
  const kept = keptByRollouts(all, options.now);
  const own = ownParts(all, engine.reach).containers;
  return all
    .filter(({ state }) => STOPPED.includes(state))
    .filter((item) => free(item.labels) && !kept.has(item.id) && !own.has(item.id) && old(item.createdAt, options))
    .map((item) => ({
      id: item.id,
      label: `${item.names[0] ?? item.id.slice(0, 12)} (${item.status || item.state})`,
      bytes: sizes.get(item.id) ?? 0,
    }));
}

async function volumes(engine: Engine, options: Options): Promise<Candidate[]> {
  const { signal, args } = options;
  const [own, unused, usage] = await Promise.all([
    ownVolumes(engine, signal),
    engine.listVolumes({ filters: { dangling: ['true'] } }, { signal }),
    engine.diskUsage({ signal }),
  ]);
  const bytes = new Map(usage.volumes.map((volume) => [volume.name, volume.bytes]));
  // A name is somebody's intention to keep it: only volumes nobody named, unless the command names them.
  const wanted = unused.filter((volume) =>
    args.names.length > 0 ? args.names.includes(volume.name) : volume.anonymous,
  );
  return wanted
    .filter((volume) => !own.has(volume.name) && free(volume.labels) && old(volume.createdAt, options))
    .map(({ name, createdAt }) => ({ id: name, label: name, bytes: bytes.get(name) ?? 0, createdAt }));
}

async function ownVolumes(engine: Engine, signal: AbortSignal): Promise<ReadonlySet<string>> {
  return ownParts(await engine.listContainers({ all: true }, { signal }), engine.reach).volumes;
}

/** No engine lets go of these. Podman refuses to filter by that itself. */
const PREDEFINED: ReadonlySet<string> = new Set(['bridge', 'host', 'none', 'podman']);

async function networks(engine: Engine, options: Options): Promise<Candidate[]> {
  const unused = await engine.listNetworks(
    { filters: { dangling: ['true'] }, countAttached: true },
    { signal: options.signal },
  );
  return unused
    .filter((network) => !PREDEFINED.has(network.name))
    .filter((network) => network.attached === 0 && free(network.labels) && old(network.createdAt, options))
    .map((network) => ({ id: network.id, label: `${network.name} (${network.driver})`, bytes: 0 }));
}

async function cache(engine: Engine, options: Options): Promise<Candidate[]> {
  const usage = await engine.diskUsage({ signal: options.signal });
  return childrenFirst(usage.cache)
    .filter(
      (record) =>
        !record.inUse && (options.args.all || !record.shared) && old(record.lastUsedAt ?? record.createdAt, options),
    )
    .map((record) => ({ id: record.id, label: record.description.trim() || record.type, bytes: record.bytes }));
}

// An engine keeps a record while there is one that was made from it.
function childrenFirst(records: readonly CacheRecord[]): CacheRecord[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  const seen = new Set<CacheRecord>();
  const parentsFirst: CacheRecord[] = [];
  const visit = (record: CacheRecord) => {
    if (seen.has(record)) return;
    seen.add(record);
    for (const parent of record.parents) {
      const found = byId.get(parent);
      if (found) visit(found);
    }
    parentsFirst.push(record);
  };
  for (const record of records) visit(record);
  return parentsFirst.reverse();
}

export type Removal =
  | { readonly candidate: Candidate; readonly gone: true; readonly bytes: number }
  | { readonly candidate: Candidate; readonly gone: false; readonly why: string };

/** Removes one previewed thing, if it still is what was previewed. What came into use meanwhile is kept, and said. */
export async function removeOne(
  engine: Engine,
  { what, candidate }: { readonly what: Prunable; readonly candidate: Candidate },
  needed: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Removal> {
  const kept = (why: string): Removal => ({ candidate, gone: false, why });
  const why = needed.get(candidate.id);
  if (why !== undefined) return kept(why);
  try {
    const bytes = await REMOVERS[what](engine, candidate, signal);
    return { candidate, gone: true, bytes };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (error.fault === 'not_found') return kept('was already gone');
    if (error.fault === 'in_use') return kept('came into use');
    if (['unreachable', 'timeout', 'aborted'].includes(error.fault)) throw error;
    return kept(error.engineSaid);
  }
}

const REMOVERS: Record<Prunable, (engine: Engine, candidate: Candidate, signal: AbortSignal) => Promise<number>> = {
  async images(engine, { id, bytes, names = [] }, signal) {
    if (names.length > 1) await untag(engine, id, names, signal);
    await engine.removeImage(id, { signal });
    return bytes;
  },
  async containers(engine, { id, bytes }, signal) {
    await engine.removeContainer(id, { signal });
    return bytes;
  },
  async volumes(engine, { id, bytes, createdAt }, signal) {
    const unused = await engine.listVolumes({ filters: { dangling: ['true'], name: [id] } }, { signal });
    // The filter takes part of a name, too. Of what is gone, or in use, the engine says so itself.
    const now = unused.find(({ name }) => name === id);
    // It is the time of the volume's folder, which its first use may change as well.
    if (now && now.createdAt !== createdAt) throw new EngineError('conflict', 'was used or made anew since');
    await engine.removeVolume(id, { signal });
    return bytes;
  },
  async networks(engine, { id }, signal) {
    await engine.removeNetwork(id, { signal });
    return 0;
  },
  cache: (engine, { id }, signal) => engine.removeCache(id, { signal }),
};

/**
 * By its id an engine removes no image that has several names, so all but one are taken off first. That is looked at once
 * more just before: of a used image, or one that somebody named anew, an engine takes names off without a word.
 */
async function untag(engine: Engine, id: string, previewed: readonly string[], signal: AbortSignal): Promise<void> {
  const [image, inUse] = await Promise.all([engine.inspectImage(id, { signal }), usedImages(engine, signal)]);
  if (inUse.has(id)) throw new EngineError('in_use', 'came into use');
  const names = namesOf(image);
  if (names.some((name) => !previewed.includes(name))) throw new EngineError('conflict', 'was given another name');
  for (const name of names.slice(1)) await engine.removeImage(name, { signal });
  // Where it was also pulled by its digest, containerd's image store keeps that one when the tag goes.
  const { digests } = await engine.inspectImage(id, { signal });
  const [first = ''] = names;
  const left = digests.filter((name) => repositoryOf(name) !== repositoryOf(first) && !names.includes(name));
  for (const name of left) await engine.removeImage(name, { signal });
}

const FOR_GOING_BACK = 'is kept for going back';
const OWN = 'is Fairlead’s own';

/**
 * What has come to be needed since the preview, and why, by id: an engine would untag a used image without a word if it has
 * another tag, and of the way back that a deploy made meanwhile it knows nothing.
 */
export async function neededNow(
  engine: Engine,
  { args, now, verified, signal }: Options,
): Promise<ReadonlyMap<string, string>> {
  if (args.what === 'containers') {
    const all = await engine.listContainers({ all: true }, { signal });
    const kept = [...keptByRollouts(all, now)].map((id) => [id, FOR_GOING_BACK] as const);
    return new Map([...kept, ...[...ownParts(all, engine.reach).containers].map((id) => [id, OWN] as const)]);
  }
  if (args.what === 'volumes') return new Map([...(await ownVolumes(engine, signal))].map((name) => [name, OWN]));
  if (args.what !== 'images') return new Map();
  const [all, used] = await Promise.all([engine.listImages({}, { signal }), usedImages(engine, signal)]);
  const back = all.filter((image) => isVerified(image, verified));
  return new Map([
    ...back.map(({ id }) => [id, FOR_GOING_BACK] as const),
    ...[...used].map((id) => [id, 'came into use'] as const),
  ]);
}
