import { parseJson } from '../../paced/json.ts';
import type { Descriptor } from '../descriptor.ts';
import { RegistryError } from '../errors.ts';
import { readManifest } from '../manifest.ts';
import type { Between } from './between.ts';
import { unlessMissing } from './missing.ts';
import { putManifest } from './put-manifest.ts';

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MOST_LISTED = 1000;

/**
 * Adds a referrer to the list that a registry without the referrers API keeps under a tag (`sha256-…`), as the specification
 * asks of clients. Two that do so at once may lose one entry, so the list is read back and written once more.
 */
export async function listUnderSubject(one: Descriptor, subject: string, between: Between): Promise<void> {
  const tag = subject.replace(':', '-');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const listed = await readList(tag, between);
    if (listed.some(({ digest }) => digest === one.digest)) return;
    if (listed.length >= MOST_LISTED)
      throw new RegistryError(between.to.registry, 'refused', { said: 'the list of referrers is full' });
    const { mediaType, digest, size, artifactType, annotations } = one;
    const entry = { mediaType, digest, size, artifactType, annotations };
    const index = { schemaVersion: 2, mediaType: INDEX, manifests: [...listed, entry] };
    await putManifest({ bytes: Buffer.from(JSON.stringify(index)), mediaType: INDEX }, tag, between);
  }
}

interface Listed {
  readonly digest?: unknown;
}

/** Entries as they are, also those that are not understood. */
async function readList(tag: string, { to, signal }: Between): Promise<readonly Listed[]> {
  const found = await unlessMissing(readManifest(to, tag, signal));
  if (found === undefined) return [];
  const { manifests } = (await parseJson(found.bytes)) as { readonly manifests?: unknown };
  return Array.isArray(manifests) ? (manifests as Listed[]) : [];
}
