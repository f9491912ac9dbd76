import { type Parts, pem } from './sign.ts';

export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const SIMPLE = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';

/** A layer of what a registry keeps for a signature. */
export interface SignatureLayer {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly annotations: Readonly<Record<string, string>>;
}

export function layerOf(parts: Parts): SignatureLayer {
  if (parts.layout === 'bundle')
    return { mediaType: BUNDLE, bytes: Buffer.from(JSON.stringify(bundleOf(parts))), annotations: {} };
  if (parts.layout === 'attestation')
    return { mediaType: ENVELOPE, bytes: Buffer.from(JSON.stringify(envelopeOf(parts))), annotations: around(parts) };
  const signature = { 'dev.cosignproject.cosign/signature': parts.signature.toString('base64') };
  return { mediaType: SIMPLE, bytes: Buffer.from(parts.payload), annotations: { ...signature, ...around(parts) } };
}

export function envelopeOf({ payload, payloadType, signature }: Parts) {
  const sig = signature.toString('base64');
  return { payload: Buffer.from(payload).toString('base64'), payloadType, signatures: [{ sig, keyid: '' }] };
}

/** The bundle of cosign 3: version 0.3, with the log's promise and its proof. */
export function bundleOf(parts: Parts) {
  const { certificate, entry, kind } = parts;
  const { inclusionProof: proof, signedEntryTimestamp } = entry?.verification ?? {};
  const hexToBase64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
  return {
    mediaType: BUNDLE,
    verificationMaterial: {
      ...(certificate
        ? { certificate: { rawBytes: certificate.toString('base64') } }
        : { publicKey: { hint: 'a2V5' } }),
      tlogEntries:
        entry && proof
          ? [
              {
                logIndex: `${entry.logIndex}`,
                logId: { keyId: hexToBase64(entry.logID) },
                kindVersion: { kind, version: '0.0.1' },
                integratedTime: `${entry.integratedTime}`,
                inclusionPromise: { signedEntryTimestamp },
                inclusionProof: {
                  logIndex: `${proof.logIndex}`,
                  treeSize: `${proof.treeSize}`,
                  rootHash: hexToBase64(proof.rootHash),
                  hashes: proof.hashes.map(hexToBase64),
                  checkpoint: { envelope: proof.checkpoint },
                },
                canonicalizedBody: entry.body,
              },
            ]
          : [],
      timestampVerificationData: { rfc3161Timestamps: [] },
    },
    dsseEnvelope: envelopeOf(parts),
  };
}

/** The annotations of cosign 2. */
function around({ certificate, entry }: Parts): Record<string, string> {
  const { body, integratedTime, logIndex, logID, verification } = entry ?? {};
  const kept = {
    SignedEntryTimestamp: verification?.signedEntryTimestamp,
    Payload: { body, integratedTime, logIndex, logID },
  };
  return {
    ...(certificate ? { 'dev.sigstore.cosign/certificate': pem(certificate), 'dev.sigstore.cosign/chain': '' } : {}),
    ...(entry ? { 'dev.sigstore.cosign/bundle': JSON.stringify(kept) } : {}),
  };
}
