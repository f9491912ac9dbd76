import type { Repository } from '../calls.ts';
import type { Descriptor } from '../descriptor.ts';
import { readReferrers } from '../referrers.ts';
import type { TagDetail } from './types.ts';

/** What cosign 3, cosign 2 with referrers, and Notation attach as a signature. */
const SIGNATURES: readonly string[] = [
  'application/vnd.dev.cosign.artifact.sig.v1+json',
  'application/vnd.cncf.notary.signature',
];
const BUNDLE = 'application/vnd.dev.sigstore.bundle';
/** A bundle may hold an attestation as well: then this annotation names what is attested. */
const PREDICATE = 'dev.sigstore.bundle.predicateType';
const SIGNED = 'https://sigstore.dev/cosign/sign/v1';

/** Whether a signature is attached to a digest. It is not verified. */
export async function signatureOf(
  repository: Repository,
  digest: string | undefined,
  signal: AbortSignal,
): Promise<TagDetail['signature']> {
  if (digest === undefined) return 'unknown';
  try {
    const { referrers, cut } = await readReferrers(repository, digest, { signal });
    if (referrers.some(isSignature)) return 'present';
    return cut ? 'unknown' : 'absent';
  } catch {
    return 'unknown';
  }
}

function isSignature({ artifactType = '', annotations }: Descriptor): boolean {
  if (SIGNATURES.includes(artifactType)) return true;
  return artifactType.startsWith(BUNDLE) && (annotations?.[PREDICATE] ?? SIGNED) === SIGNED;
}
