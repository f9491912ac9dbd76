import type { Descriptor } from '../descriptor.ts';
import { RegistryError } from '../errors.ts';
import { readManifest } from '../manifest.ts';
import { readReferrers } from '../referrers.ts';
import type { Between } from './between.ts';
import { bringBlobs } from './blobs.ts';
import type { Count } from './count.ts';
import { listUnderSubject } from './fallback-list.ts';
import { unlessMissing } from './missing.ts';
import { putManifest } from './put-manifest.ts';
import { readTree } from './tree.ts';
import type { Left } from './types.ts';

/** Of one image; more are named as left. */
const MOST_ATTACHED = 50;
/** Tags under which cosign 2 keeps what belongs to an image. */
const COSIGN = ['sig', 'att', 'sbom'] as const;

/**
 * Takes along what belongs to manifests by their digests: referrers, and cosign's tags. What does not come is in the answer
 * with its reason; never rejects for what a registry says.
 */
export async function bringAttached(digests: readonly string[], between: Between, count: Count): Promise<Left[]> {
  const left: Left[] = [];
  const attempt = async (what: string, work: () => Promise<void>) => {
    if (count.carried >= MOST_ATTACHED) return void left.push({ what, why: `more than ${MOST_ATTACHED} belong to it` });
    try {
      await work();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      left.push({ what, why: error.said === '' ? error.fault.replaceAll('_', ' ') : error.said });
    }
  };
  for (const digest of digests) {
    await attempt('referrers', async () => {
      const { referrers, cut } = await readReferrers(between.from, digest, { signal: between.signal });
      if (cut) left.push({ what: 'referrers', why: 'there are more than were read' });
      for (const one of referrers)
        await attempt(one.artifactType ?? 'referrer', () => bringReferrer(one, digest, between, count));
    });
    for (const suffix of COSIGN) {
      const tag = `${digest.replace(':', '-')}.${suffix}`;
      await attempt(tag.replace(/-([0-9a-f]{12})[0-9a-f]+/u, '-$1…'), () => bringTag(tag, between, count));
    }
  }
  return left;
}

async function bringReferrer(one: Descriptor, subject: string, between: Between, count: Count): Promise<void> {
  // A registry that copies images itself may have brought it.
  if ((await existing(one.digest, between)) === undefined) {
    const listed = await bringManifests(one.digest, between, count);
    if (!listed) await listUnderSubject(one, subject, between);
  }
  count.carried += 1;
}

async function bringTag(tag: string, between: Between, count: Count): Promise<void> {
  const { from, to, signal } = between;
  const source = await unlessMissing(readManifest(from, tag, signal));
  if (source === undefined) return;
  const target = await unlessMissing(readManifest(to, tag, signal));
  if (target !== undefined && target.digest !== source.digest)
    throw new RegistryError(to.registry, 'refused', { said: 'the target has another one already' });
  if (target === undefined) {
    await bringManifests(source.digest, between, count);
    await putManifest(source, tag, between);
  }
  count.carried += 1;
}

/** Resolves to whether the registry lists the last of them, the one that was asked for, under its subject. */
async function bringManifests(digest: string, between: Between, count: Count): Promise<boolean> {
  const tree = await readTree(digest, between);
  await bringBlobs(tree.blobs, between, count);
  let lists = false;
  for (const manifest of tree.manifests) {
    const { listsReferrers } = await putManifest(manifest, manifest.digest, between);
    lists = listsReferrers;
  }
  return lists;
}

const existing = (digest: string, { to, signal }: Between) => unlessMissing(readManifest(to, digest, signal));
