import type { SignerRule, VerifyRule } from '../config.ts';
import { matchesPattern } from '../domain/glob.ts';
import { identityOf } from './certificate.ts';
import { readSigned, type Signed } from './entity.ts';
import { Malformed } from './json.ts';
import { readProvenance } from './provenance.ts';
import { type Claim, readSimple, readStatement, shown } from './statement.ts';
import type { Trust } from './trust.ts';
import type { Built, FoundCode, Material, SignedBy } from './types.ts';

/** What one material came to: who signed this image, or the end of a sentence that says why it proves nothing. */
export type Checked =
  | {
      readonly ok: true;
      readonly by: SignedBy;
      /** By the certificate, and by a signed provenance. */
      readonly certified: Built | undefined;
      readonly provenance: Built | undefined;
    }
  | { readonly ok: false; readonly code: FoundCode; readonly why: string };

/** Verifies one material against the signers of a rule, for exactly this digest. Never rejects for what strangers wrote. */
export async function checkMaterial(
  material: Material,
  digest: string,
  { signers }: Pick<VerifyRule, 'signers'>,
  trust: Trust,
): Promise<Checked> {
  try {
    const signed = await readSigned(material);
    const { by, certified } = signerOf(signed, signers, trust);
    const claim = await claimOf(signed);
    if (!claim.digests.includes(digest))
      return { ok: false, code: 'other_image', why: `is by ${sayBy(by)}, of another image${other(claim)}` };
    return { ok: true, by, certified, provenance: claim.provenance && readProvenance(claim.provenance) };
  } catch (error) {
    return notProven(error);
  }
}

/** Throws unless one of the signers signed it. Nothing of what is signed is read before. */
function signerOf(
  { entity }: Signed,
  signers: readonly SignerRule[],
  trust: Trust,
): { readonly by: SignedBy; readonly certified: Built | undefined } {
  if (entity.key.$case === 'certificate') {
    const { subject: identity, issuer, built } = identityOf(trust.keyless.verify(entity));
    const by = { kind: 'keyless', identity, issuer } as const;
    const isAccepted = signers.some(
      (one) => one.kind === 'keyless' && one.issuer === issuer && matchesPattern(one.identity, identity),
    );
    if (!isAccepted) throw new NotAccepted(`is by ${sayBy(by)}, who is not among the signers`);
    return { by, certified: built };
  }
  const keys = signers.filter((one) => one.kind === 'key');
  if (keys.length === 0) throw new NotAccepted('is by a key, and the rule names none');
  let last: unknown;
  for (const { key, file } of keys) {
    try {
      trust.byKey(key).verify(entity);
      return { by: { kind: 'key', key: file }, certified: undefined };
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

class NotAccepted extends Error {
  readonly code = 'other_signer';
}

function claimOf({ payload, form }: Signed): Promise<Claim> {
  return form === 'simple' ? readSimple(payload) : readStatement(payload);
}

export function sayBy(by: SignedBy): string {
  return by.kind === 'key' ? `key \`${shown(by.key)}\`` : `\`${shown(by.identity)}\` (issuer \`${shown(by.issuer)}\`)`;
}

const other = ({ digests: [first] }: Claim) => (first === undefined ? '' : ` (\`${first.slice(0, 19)}…\`)`);

/** By the library's codes; its messages are for its developers. */
const WORDS: Readonly<Record<string, readonly [FoundCode, string]>> = {
  CERTIFICATE_ERROR: ['certificate', 'has a certificate that no trusted authority issued for the time of signing'],
  PUBLIC_KEY_ERROR: ['other_key', 'is by another key'],
  SIGNATURE_ERROR: ['signature', 'does not match: what is signed or the key is another'],
  TIMESTAMP_ERROR: ['time', 'has no signed time that can be trusted'],
  TLOG_BODY_ERROR: ['log', 'has the log entry of another signature'],
  TLOG_ERROR: ['log', 'has no entry in a trusted transparency log'],
  TLOG_INCLUSION_PROMISE_ERROR: ['log', 'has a log entry that no trusted log signed'],
  TLOG_INCLUSION_PROOF_ERROR: ['log', 'has a log entry that is not in a trusted log'],
  TLOG_MISSING_INCLUSION_ERROR: ['log', 'has a log entry without a proof'],
};

function notProven(error: unknown): Checked {
  if (error instanceof NotAccepted) return { ok: false, code: error.code, why: error.message };
  if (error instanceof Malformed) return { ok: false, code: error.code, why: `cannot be read: ${error.message}` };
  const { code } = error as { readonly code?: unknown };
  const [found, why] = (typeof code === 'string' ? WORDS[code] : undefined) ?? MALFORMED;
  return { ok: false, code: found, why };
}

const MALFORMED = ['malformed', 'cannot be verified: it is malformed'] as const;
