import { messageOf } from '../domain/errors.ts';
import { shown } from './statement.ts';
import type { Annotations, Collected, Found, Material } from './types.ts';

/** One repository of a registry, as far as proofs are read from it. Missing is undefined; everything else that fails rejects. */
export interface Source {
  manifest(tagOrDigest: string): Promise<Manifest | undefined>;
  /** What refers to a digest: by the registry's own list, or by the fallback tag. */
  referrers(digest: string): Promise<{ readonly referrers: readonly Referrer[]; readonly cut: boolean }>;
  /** The bytes of a blob, whose digest was checked; rejects for one of more than `most` bytes. */
  blob(digest: string, most: number): Promise<Buffer>;
}

export interface Manifest {
  readonly digest: string;
  readonly layers?: readonly Layer[] | undefined;
  /** Of an index. */
  readonly manifests?: readonly Omit<Layer, 'mediaType'>[] | undefined;
}

export interface Layer {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Annotations | undefined;
}

export interface Referrer {
  readonly digest: string;
  readonly artifactType?: string | undefined;
}

const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';

/** Signatures of one image that are looked at, and the bytes of each: a signed provenance may be long. */
const MOST = 16;
const MOST_STATEMENT = 1_000_000;
const MOST_SIMPLE = 32_000;

/**
 * Finds everything that may prove who signed a digest, in the layouts of cosign 2 and 3. What cannot be read is noted.
 * Rejects only when `signal` fires.
 */
export async function collect(source: Source, digest: string, signal: AbortSignal): Promise<Collected> {
  const tag = digest.replace(':', '-');
  const parts = await Promise.all([
    part('referrers', () => bundles(source, digest), signal),
    part(`tag ${tag.slice(0, 14)}….sig`, () => layersOf(source, `${tag}.sig`, SIMPLE), signal),
    part(`tag ${tag.slice(0, 14)}….att`, () => layersOf(source, `${tag}.att`, ENVELOPE), signal),
  ]);
  return {
    materials: parts.flatMap(({ materials }) => materials),
    notes: parts.flatMap(({ notes }) => notes),
    isWhole: parts.every(({ isWhole }) => isWhole),
  };
}

async function part(what: string, read: () => Promise<Collected>, signal: AbortSignal): Promise<Collected> {
  try {
    return await read();
  } catch (error) {
    signal.throwIfAborted();
    return {
      materials: [],
      notes: [{ code: 'unread', words: `The ${what} could not be read: ${shown(messageOf(error))}.` }],
      isWhole: false,
    };
  }
}

async function bundles(source: Source, digest: string): Promise<Collected> {
  const { referrers, cut } = await source.referrers(digest);
  const own = referrers.filter(({ artifactType }) => artifactType === BUNDLE);
  const read = await all(own.slice(0, MOST), async ({ digest: referrer }): Promise<Material[]> => {
    const manifest = await source.manifest(referrer);
    const layer = manifest?.layers?.find(({ mediaType }) => mediaType === BUNDLE);
    const where = `The bundle in referrer \`${referrer.slice(0, 19)}…\``;
    return layer ? [{ layout: 'bundle', where, bytes: await source.blob(layer.digest, MOST_STATEMENT) }] : [];
  });
  const isCut = cut || own.length > MOST;
  return isCut ? { ...read, notes: [...read.notes, cutTo('referrers')] } : read;
}

async function layersOf(source: Source, tag: string, wanted: string): Promise<Collected> {
  const manifest = await source.manifest(tag);
  const layers = (manifest?.layers ?? []).filter(({ mediaType }) => mediaType === wanted);
  const layout = wanted === SIMPLE ? 'tag' : 'attestation';
  const where = `${layout === 'tag' ? 'The signature' : 'The attestation'} in tag \`${tag.slice(0, 14)}…${tag.slice(-4)}\``;
  const most = layout === 'tag' ? MOST_SIMPLE : MOST_STATEMENT;
  const read = await all(
    layers.slice(0, MOST),
    async ({ digest, annotations = {} }): Promise<Material[]> => [
      { layout, where, bytes: await source.blob(digest, most), annotations },
    ],
  );
  const isCut = layers.length > MOST;
  return isCut ? { ...read, notes: [...read.notes, cutTo('layers')] } : read;
}

const cutTo = (what: string): Found => ({ code: 'cut', words: `Only the first ${MOST} ${what} were looked at.` });

/** Reads each; one that fails hides none of the others. */
async function all<T>(items: readonly T[], read: (item: T) => Promise<Material[]>): Promise<Collected> {
  const outcomes = await Promise.allSettled(items.map(read));
  const failed = outcomes.flatMap((one) => (one.status === 'rejected' ? [shown(messageOf(one.reason))] : []));
  return {
    materials: outcomes.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])),
    notes: failed.slice(0, 3).map((why) => ({ code: 'unread', words: `One signature could not be read: ${why}.` })),
    isWhole: failed.length === 0,
  };
}
