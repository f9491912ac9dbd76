import type { Descriptor } from '../descriptor.ts';
import { RegistryError } from '../errors.ts';
import { type Manifest, readManifest } from '../manifest.ts';
import type { Between } from './between.ts';

/** Manifests of one image, platforms and attestations. */
const MOST_MANIFESTS = 100;
/** An index of indexes is allowed, and rare. */
const MOST_DEEP = 3;

/** A manifest and everything it points to, children before their parents: the order in which a registry takes them. */
export interface Tree {
  readonly manifests: readonly Manifest[];
  readonly blobs: readonly Descriptor[];
}

/** Reads a manifest by digest, and its children where it is an index. Rejects with a `RegistryError`. */
export async function readTree(digest: string, { from, signal }: Pick<Between, 'from' | 'signal'>): Promise<Tree> {
  const found = new Map<string, Manifest>();
  let asked = 0;
  const read = async (one: string, depth: number): Promise<void> => {
    if (found.has(one)) return;
    asked += 1;
    if (depth > MOST_DEEP || asked > MOST_MANIFESTS)
      throw new RegistryError(from.registry, 'unsupported', {
        said: `the image has more than ${MOST_MANIFESTS} manifests`,
      });
    const manifest = await readManifest(from, one, signal);
    for (const child of manifest.manifests) await read(child.digest, depth + 1);
    found.set(one, manifest);
  };
  await read(digest, 0);
  const manifests = [...found.values()];
  return { manifests, blobs: manifests.flatMap(blobsOf) };
}

/** A layer that may not be distributed is at its maker's, and has no blob here. */
function blobsOf({ config, layers }: Manifest): Descriptor[] {
  const own = layers.filter(({ mediaType }) => !/foreign|nondistributable/u.test(mediaType));
  return [...(config ? [config] : []), ...own];
}
