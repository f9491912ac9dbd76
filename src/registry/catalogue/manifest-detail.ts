import { z } from 'zod';
import { parseJson } from '../../paced/json.ts';
import { readBlob } from '../blob.ts';
import type { Repository } from '../calls.ts';
import { type Manifest, readManifest } from '../manifest.ts';
import { dateOf } from './date.ts';
import { platformOf } from './platform.ts';
import type { TagDetail } from './types.ts';

/** Bytes of the configuration of an image; one with a long history has a tenth of it. */
const MOST_CONFIG = 1_000_000;

const Config = z.lazy(() =>
  z.object({
    created: z.string().nullish(),
    os: z.string().nullish(),
    architecture: z.string().nullish(),
    variant: z.string().nullish(),
  }),
);

/**
 * What the Distribution API says of a tag: its manifest, the manifest of one platform where it has several, and that one's
 * configuration. Rejects with a `RegistryError` when the tag's own manifest cannot be read.
 */
export async function manifestDetail(
  repository: Repository,
  tagOrDigest: string,
  signal: AbortSignal,
): Promise<Omit<TagDetail, 'signature' | 'scan'>> {
  const top = await readManifest(repository, tagOrDigest, signal);
  const children = top.manifests.filter(({ platform }) => platformOf(platform).length > 0);
  const usual =
    children.find(({ platform }) => platform?.os === 'linux' && platform.architecture === 'amd64') ?? children[0];
  const image = usual === undefined ? top : await orNothing(readManifest(repository, usual.digest, signal));
  const config = image?.config && (await orNothing(readConfig(repository, image.config.digest, signal)));
  const platforms = children.length > 0 ? children.flatMap(({ platform }) => platformOf(platform)) : platformOf(config);
  return {
    digest: top.digest,
    date: dateOf(config?.created ?? top.annotations['org.opencontainers.image.created'], 'built'),
    bytes: image?.kind === 'image' ? sizeOf(image) : undefined,
    sizeOf: children.length > 1 ? platformOf(usual?.platform)[0] : undefined,
    platforms: [...new Set(platforms)],
  };
}

/** Compressed bytes that a pull fetches. */
function sizeOf({ config, layers }: Manifest): number {
  return layers.reduce((sum, { size }) => sum + size, config?.size ?? 0);
}

async function readConfig(repository: Repository, digest: string, signal: AbortSignal) {
  return Config.parse(await parseJson(await readBlob(repository, digest, { most: MOST_CONFIG, signal })));
}

/** Details that cannot be read are left out; the tag itself was. */
async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch(() => undefined);
}
