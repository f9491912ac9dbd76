import { hash, type KeyObject, verify } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { SignedEntity } from '@sigstore/verify';
import { z } from 'zod';
import { Malformed, parseStrictly } from './json.ts';
import type { Annotations, Material } from './types.ts';

/** Material as the verifier takes it, and what its signature is over. */
export interface Signed {
  readonly entity: SignedEntity;
  readonly payload: Buffer;
  readonly form: 'statement' | 'simple';
}

/** Entries and times of one signature: each costs a verification. */
const MOST_EACH = 8;
const STATEMENT = 'application/vnd.in-toto+json';
const MEDIA_TYPES = [
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  'application/vnd.dev.sigstore.bundle.v0.3+json',
];

/** Reads one material; nothing of it is verified yet. Throws `Malformed` when it is not what its layout asks for. */
export async function readSigned(material: Material): Promise<Signed> {
  const [{ bundleFromJSON }, { toSignedEntity }] = await Promise.all([
    import('@sigstore/bundle'),
    import('@sigstore/verify'),
  ]);
  const json = await serialized(material);
  let bundle: Bundle;
  let entity: SignedEntity;
  try {
    bundle = bundleFromJSON(json);
    refuseOdd(bundle);
    entity = toSignedEntity(bundle, material.bytes);
  } catch (error) {
    throw error instanceof Malformed ? error : new Malformed('it is not a whole Sigstore bundle');
  }
  if (material.layout === 'tag')
    return { entity: overPayload(entity, material.bytes), payload: material.bytes, form: 'simple' };
  const { content } = bundle;
  if (content.$case !== 'dsseEnvelope')
    throw new Malformed('it signs a message, and a statement about the image is needed');
  if (content.dsseEnvelope.payloadType !== STATEMENT)
    throw new Malformed('it signs something else than an in-toto statement');
  return { entity, payload: content.dsseEnvelope.payload, form: 'statement' };
}

async function serialized(material: Material): Promise<unknown> {
  if (material.layout === 'bundle') {
    const json = await parseStrictly(material.bytes, 'the bundle');
    const { mediaType } = z.looseObject({ mediaType: z.string() }).catch({ mediaType: '' }).parse(json);
    if (!MEDIA_TYPES.includes(mediaType)) throw new Malformed('it is a bundle of a kind that is not known');
    return json;
  }
  const around = await verificationMaterial(material.annotations);
  const { envelope, signature } =
    material.layout === 'attestation'
      ? { envelope: await parseStrictly(material.bytes, 'the attestation'), signature: '' }
      : { envelope: undefined, signature: material.annotations['dev.cosignproject.cosign/signature'] ?? '' };
  const content =
    envelope === undefined
      ? {
          messageSignature: {
            messageDigest: { algorithm: 'SHA2_256', digest: hash('sha256', material.bytes, 'base64') },
            signature,
          },
        }
      : { dsseEnvelope: envelope };
  return { mediaType: MEDIA_TYPES[0], verificationMaterial: around, ...content };
}

/** Rekor's answer as cosign 2 keeps it. */
const RekorBundle = z.lazy(() =>
  z.object({
    SignedEntryTimestamp: z.string(),
    Payload: z.object({
      body: z.string(),
      integratedTime: z.int().nonnegative(),
      logIndex: z.int().nonnegative(),
      logID: z.string().regex(/^[0-9a-f]{64}$/u),
    }),
  }),
);
const Entry = z.looseObject({ kind: z.string(), apiVersion: z.string() });
const Rfc3161 = z.object({ SignedRFC3161Timestamp: z.string() });

async function verificationMaterial(annotations: Annotations): Promise<unknown> {
  const { 'dev.sigstore.cosign/certificate': certificate, 'dev.sigstore.cosign/bundle': entry } = annotations;
  const time = annotations['dev.sigstore.cosign/rfc3161timestamp'];
  const signedTimestamp =
    time && Rfc3161.safeParse(await parseStrictly(Buffer.from(time), 'its time')).data?.SignedRFC3161Timestamp;
  return {
    ...(certificate === undefined
      ? { publicKey: { hint: '' } }
      : { x509CertificateChain: { certificates: [{ rawBytes: derOf(certificate) }] } }),
    tlogEntries: entry === undefined ? [] : [await logEntry(entry)],
    timestampVerificationData: { rfc3161Timestamps: signedTimestamp ? [{ signedTimestamp }] : [] },
  };
}

async function logEntry(text: string): Promise<unknown> {
  const read = RekorBundle.safeParse(await parseStrictly(Buffer.from(text), 'its log entry'));
  if (!read.success) throw new Malformed('its log entry is not whole');
  const { SignedEntryTimestamp: signedEntryTimestamp, Payload: payload } = read.data;
  const body = Entry.safeParse(await parseStrictly(Buffer.from(payload.body, 'base64'), 'its log entry'));
  if (!body.success) throw new Malformed('its log entry is not whole');
  return {
    logIndex: String(payload.logIndex),
    logId: { keyId: Buffer.from(payload.logID, 'hex').toString('base64') },
    kindVersion: { kind: body.data.kind, version: body.data.apiVersion },
    integratedTime: String(payload.integratedTime),
    inclusionPromise: { signedEntryTimestamp },
    canonicalizedBody: payload.body,
  };
}

function derOf(pem: string): string {
  const found = /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]{1,20000})-----END CERTIFICATE-----\s*$/u.exec(pem);
  if (!found) throw new Malformed('its certificate is not one in PEM');
  return (found[1] ?? '').replaceAll('\n', '');
}

/** Refuses what the library would take and what could hurt it. */
function refuseOdd({ verificationMaterial: { tlogEntries, timestampVerificationData } }: Bundle): void {
  const times = timestampVerificationData?.rfc3161Timestamps ?? [];
  if (tlogEntries.length > MOST_EACH || times.length > MOST_EACH)
    throw new Malformed(`it has more than ${MOST_EACH} log entries or times`);
  for (const { inclusionProof } of tlogEntries) {
    const note = inclusionProof?.checkpoint?.envelope ?? '';
    // The library compiles the name of a checkpoint's signer as a regular expression.
    for (const [, name = ''] of note.matchAll(/\u2014 (\S+) /gu))
      if (!/^[A-Za-z0-9_./:-]{1,200}$/u.test(name)) throw new Malformed('a signer of its log has an odd name');
    if (note.length > 20_000 || (inclusionProof?.hashes.length ?? 0) > 64)
      throw new Malformed('its log entry is too long');
  }
}

/** The library hashes before it verifies, which Ed25519 does not take. */
function overPayload(entity: SignedEntity, payload: Buffer): SignedEntity {
  const { signature } = entity;
  const digest = hash('sha256', payload, 'buffer');
  return {
    ...entity,
    signature: {
      signature: signature.signature,
      compareDigest: (other) => digest.equals(other),
      compareSignature: (other) => signature.signature.equals(other),
      verifySignature: (key) => isBy(key, payload, signature.signature),
    },
  };
}

function isBy(key: KeyObject, payload: Buffer, signature: Buffer): boolean {
  try {
    return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', payload, key, signature);
  } catch {
    return false;
  }
}
