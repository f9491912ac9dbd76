import type { Prunable, PruneArgs } from '../../commands/cleanup/prune.ts';
import type { Engine } from '../../docker/client/engine.ts';
import { EngineError } from '../../docker/client/engine-error.ts';
import type { CacheRecord, ContainerState, Image } from '../../docker/client/types.ts';
import { keptByRollouts } from '../../docker/rollout/names.ts';
import { ownParts } from '../../docker/rollout/own-parts.ts';
import { createPace } from '../../paced/pace.ts';

/** One item `/prune` would remove, and its id: the only one removed. */
export interface Candidate {
  readonly id: string;
  readonly label: string;
  readonly bytes: number;
  /** Of an image: its names. */
  readonly names?: readonly string[];
  /** Of a volume, whose name may be another's by the time it is removed. Unix milliseconds. */
  readonly createdAt?: number | undefined;
}

/** Items with this label are never offered. */
export const KEEP_LABEL = 'fairlead.keep';

interface Options {
  readonly args: PruneArgs;
  readonly now: number;
  readonly signal: AbortSignal;
  /** Digests of the versions this host can roll back to: never offered. */
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
  await createPace()();
  const bytes = new Map(usage.volumes.map((volume) => [volume.name, volume.bytes]));
  // A volume with a name was meant to be kept: only anonymous volumes, unless the command names them.
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

/** Networks an engine never removes. Podman has no filter for them. */
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
  return (await childrenFirst(usage.cache))
    .filter(
      (record) =>
        !record.inUse && (options.args.all || !record.shared) && old(record.lastUsedAt ?? record.createdAt, options),
    )
    .map((record) => ({ id: record.id, label: record.description.trim() || record.type, bytes: record.bytes }));
}

/**
 * An engine keeps a record while there is one that was made from it. Those that are said to be made from each other, which an
 * engine has none of, come last.
 */
async function childrenFirst(records: readonly CacheRecord[]): Promise<CacheRecord[]> {
  const pace = createPace();
  const byId = new Map(records.map((record) => [record.id, record]));
  const parentsOf = ({ parents }: CacheRecord) => parents.flatMap((id) => byId.get(id) ?? []);
  const children = new Map<CacheRecord, number>();
  for (const record of records) {
    for (const parent of parentsOf(record)) children.set(parent, (children.get(parent) ?? 0) + 1);
    await pace();
  }
  const ordered = new Set(records.filter((record) => !children.has(record)));
  // It grows while it is walked.
  for (const record of ordered) {
    for (const parent of parentsOf(record)) {
      const left = (children.get(parent) ?? 0) - 1;
      children.set(parent, left);
      if (left === 0) ordered.add(parent);
    }
    await pace();
  }
  return [...ordered, ...records.filter((record) => !ordered.has(record))];
}

/** Why a previewed item was not removed; `refused` by its engine, in the engine's words. */
export type KeptReason = keyof typeof KEPT | 'refused';

const KEPT = {
  gone: 'was already gone',
  in_use: 'is in use now',
  changed: 'changed since the preview',
  renamed: 'got another name since the preview',
  rollback: 'is kept for rollbacks',
  own: 'is Fairlead’s own',
} as const;

export type Removal =
  | { readonly candidate: Candidate; readonly gone: true; readonly bytes: number }
  | { readonly candidate: Candidate; readonly gone: false; readonly reason: KeptReason; readonly why: string };

/** An item that is no longer what was previewed. */
class NotAsPreviewed extends Error {
  readonly reason: keyof typeof KEPT;

  constructor(reason: keyof typeof KEPT) {
    super(KEPT[reason]);
    this.reason = reason;
  }
}

/** Removes one previewed item if it is still what was previewed; else keeps it, with the reason. */
export async function removeOne(
  engine: Engine,
  { what, candidate }: { readonly what: Prunable; readonly candidate: Candidate },
  needed: ReadonlyMap<string, keyof typeof KEPT>,
  signal: AbortSignal,
): Promise<Removal> {
  const kept = (reason: keyof typeof KEPT): Removal => ({ candidate, gone: false, reason, why: KEPT[reason] });
  const reason = needed.get(candidate.id);
  if (reason !== undefined) return kept(reason);
  try {
    const bytes = await REMOVERS[what](engine, candidate, signal);
    return { candidate, gone: true, bytes };
  } catch (error) {
    if (error instanceof NotAsPreviewed) return kept(error.reason);
    if (!(error instanceof EngineError)) throw error;
    if (error.fault === 'not_found') return kept('gone');
    if (error.fault === 'in_use') return kept('in_use');
    if (['unreachable', 'timeout', 'aborted'].includes(error.fault)) throw error;
    return { candidate, gone: false, reason: 'refused', why: error.engineSaid };
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
    if (now && now.createdAt !== createdAt) throw new NotAsPreviewed('changed');
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
 * Removes all names of an image but one: by its id an engine removes no image with several names. Checks again right before
 * whether the image is used or has a new name, since an engine untags it in both cases without an error.
 */
async function untag(engine: Engine, id: string, previewed: readonly string[], signal: AbortSignal): Promise<void> {
  const [image, inUse] = await Promise.all([engine.inspectImage(id, { signal }), usedImages(engine, signal)]);
  if (inUse.has(id)) throw new NotAsPreviewed('in_use');
  const names = namesOf(image);
  if (names.some((name) => !previewed.includes(name))) throw new NotAsPreviewed('renamed');
  for (const name of names.slice(1)) await engine.removeImage(name, { signal });
  // Where it was also pulled by its digest, containerd's image store keeps that one when the tag goes.
  const { digests } = await engine.inspectImage(id, { signal });
  const [first = ''] = names;
  const left = digests.filter((name) => repositoryOf(name) !== repositoryOf(first) && !names.includes(name));
  for (const name of left) await engine.removeImage(name, { signal });
}

/**
 * Items needed since the preview, by id, with the reason to keep them. An engine untags a used image without an error if it
 * has another tag, and does not know which images a deploy since the preview keeps for rollbacks.
 */
export async function neededNow(
  engine: Engine,
  { args, now, verified, signal }: Options,
): Promise<ReadonlyMap<string, keyof typeof KEPT>> {
  if (args.what === 'containers') {
    const all = await engine.listContainers({ all: true }, { signal });
    const kept = [...keptByRollouts(all, now)].map((id) => [id, 'rollback'] as const);
    return new Map([...kept, ...[...ownParts(all, engine.reach).containers].map((id) => [id, 'own'] as const)]);
  }
  if (args.what === 'volumes')
    return new Map([...(await ownVolumes(engine, signal))].map((name) => [name, 'own'] as const));
  if (args.what !== 'images') return new Map();
  const [all, used] = await Promise.all([engine.listImages({}, { signal }), usedImages(engine, signal)]);
  const back = all.filter((image) => isVerified(image, verified));
  return new Map([
    ...back.map(({ id }) => [id, 'rollback'] as const),
    ...[...used].map((id) => [id, 'in_use'] as const),
  ]);
}
