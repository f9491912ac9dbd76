import type { Manifest } from '../manifest.ts';
import type { Between } from './between.ts';
import { mustAnswer } from './must-answer.ts';

/**
 * Puts a manifest under a tag or its digest, byte for byte. Resolves to whether the registry itself lists it under its
 * subject. Rejects with a `RegistryError`.
 */
export async function putManifest(
  { bytes, mediaType }: Pick<Manifest, 'bytes' | 'mediaType'>,
  name: string,
  { to, signal }: Pick<Between, 'to' | 'signal'>,
): Promise<{ readonly listsReferrers: boolean }> {
  const url = to.url(`manifests/${name}`);
  const headers = { 'content-type': mediaType };
  const answer = await mustAnswer(to, { method: 'PUT', url, headers, body: bytes, signal }, [200, 201]);
  return { listsReferrers: answer.headers.get('oci-subject') !== null };
}
