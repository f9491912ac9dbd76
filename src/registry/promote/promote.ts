import type { RegistryHost, Repository } from '../calls.ts';
import { RegistryError } from '../errors.ts';
import { type Manifest, readManifest } from '../manifest.ts';
import { bringAttached } from './attached.ts';
import type { Between } from './between.ts';
import { bringBlobs } from './blobs.ts';
import { type Count, newCount } from './count.ts';
import { harborCopy } from './harbor-copy.ts';
import { unlessMissing } from './missing.ts';
import { putManifest } from './put-manifest.ts';
import { readTree } from './tree.ts';
import type { Left, Promotion, Way } from './types.ts';

export interface Wanted {
  /** Digest of the image in the source repository. */
  readonly digest: string;
  readonly tag: string;
  /** Where the registry is a Harbor, which copies images itself. */
  readonly harbor?: RegistryHost | undefined;
}

/** For reading back, when the work's own deadline may be over. */
const READ_BACK_MS = 15_000;

/**
 * Gives an image a tag in the same or another repository of its registry. The tag is set last, when everything else is there,
 * and read back: only then the promotion is `ok`. Never rejects for what a registry says.
 */
export async function promote(wanted: Wanted, { from, to, signal }: Between): Promise<Promotion> {
  const count = newCount();
  const at = { step: 'copying the image' };
  let error: RegistryError | undefined;
  let brought: Brought | undefined;
  try {
    brought = await bring(wanted, { from, to, signal }, count);
    at.step = 'setting the tag';
    await putManifest(brought.root, wanted.tag, { to, signal });
    at.step = 'reading the tag back';
  } catch (failure) {
    error = toRegistryError(failure, to.registry, signal);
  }
  const now = await readBack(to, wanted.tag);
  // A connection that broke behind the last step has not undone it.
  if (brought !== undefined && now === wanted.digest) {
    const { way, left } = brought;
    return { ok: true, digest: now, way, left, ...count };
  }
  const said = 'the tag was taken, but does not stand for the image';
  return { ok: false, error: error ?? new RegistryError(to.registry, 'invalid_answer', { said }), now, step: at.step };
}

/** The digest of the bytes that a tag gives; null for nothing, undefined where that cannot be read. */
async function readBack(to: Repository, tag: string): Promise<string | null | undefined> {
  try {
    return (await unlessMissing(readManifest(to, tag, AbortSignal.timeout(READ_BACK_MS))))?.digest ?? null;
  } catch {
    return undefined;
  }
}

interface Brought {
  readonly root: Manifest;
  readonly way: Way;
  readonly left: readonly Left[];
}

/** Brings everything of an image into the target repository, but its tag. */
async function bring({ digest, harbor }: Wanted, between: Between, count: Count): Promise<Brought> {
  const { from, to, signal } = between;
  if (from.path === to.path) return { root: await readManifest(from, digest, signal), way: 'same', left: [] };
  const tree = await readTree(digest, between);
  const isCopied = harbor !== undefined && (await copiedBy(harbor, digest, between));
  if (!isCopied) {
    await bringBlobs(tree.blobs, between, count);
    for (const manifest of tree.manifests) await putManifest(manifest, manifest.digest, between);
  }
  const left = await bringAttached(
    tree.manifests.map((one) => one.digest),
    between,
    count,
  );
  // Its children come before it.
  const root = tree.manifests.at(-1) as Manifest;
  return { root, way: isCopied ? 'harbor' : 'blobs', left };
}

/** Whether Harbor copied the image. An account that may only push may not ask for that, and does it layer by layer. */
async function copiedBy(harbor: RegistryHost, digest: string, between: Between): Promise<boolean> {
  try {
    await harborCopy(digest, between, harbor);
    return true;
  } catch (error) {
    if (error instanceof RegistryError && MAY_NOT_COPY.has(error.fault)) return false;
    throw error;
  }
}

const MAY_NOT_COPY: ReadonlySet<RegistryError['fault']> = new Set([
  'unauthorized',
  'denied',
  'not_found',
  'unsupported',
]);

function toRegistryError(failure: unknown, registry: string, signal: AbortSignal): RegistryError {
  if (failure instanceof RegistryError) return failure;
  if (signal.aborted) return new RegistryError(registry, 'timeout', { cause: failure });
  throw failure;
}
