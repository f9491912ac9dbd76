import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto';
import { initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock';

/**
 * A Sigstore of a test's own: an authority like Fulcio with its certificate log, and a transparency log like Rekor. Nothing
 * of the public one is asked or trusted.
 */
export interface World {
  /** Issues a certificate of ten minutes, from `at` on. */
  certify(publicKey: Buffer, identity: Identity, at?: Date): Promise<Buffer>;
  /** Appends to the log as of `at`; resolves to its answer. */
  log(entry: object, at?: Date): Promise<LogAnswer>;
  /** The text of a trusted_root.json. */
  root(changes?: { readonly authorityEnds?: Date; readonly withoutLogs?: boolean }): string;
}

export interface Identity {
  readonly subject: string;
  readonly issuer: string;
  readonly repository?: string;
  readonly commit?: string;
  readonly ref?: string;
}

export interface LogAnswer {
  readonly body: string;
  readonly integratedTime: number;
  readonly logID: string;
  readonly logIndex: number;
  readonly verification: {
    readonly signedEntryTimestamp: string;
    readonly inclusionProof: {
      readonly checkpoint: string;
      readonly hashes: readonly string[];
      readonly logIndex: number;
      readonly rootHash: string;
      readonly treeSize: number;
    };
  };
}

const REKOR = 'https://rekor.example.com';
const FULCIO = '1.3.6.1.4.1.57264.1';

export async function createWorld({ hasCertificateLog = true } = {}): Promise<World> {
  const [authorityKey, certificateLogKey, logKey] = [keyPair(), keyPair(), keyPair()];
  const certificateLog = await initializeCTLog(certificateLogKey);
  const authority = await initializeCA(authorityKey, certificateLog);
  // Another instance with the same keys has another clock, and the same root only where it is kept.
  const { rootCertificate } = authority;
  const start = new Date(Date.now() - 3_600_000).toISOString();
  const key = (pair: KeyPairKeyObjectResult) => ({
    rawBytes: spki(pair).toString('base64'),
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
    validFor: { start },
  });
  const log = (pair: KeyPairKeyObjectResult, baseUrl: string) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: key(pair),
    logId: { keyId: createHash('sha256').update(spki(pair)).digest('base64') },
  });
  return {
    async certify(publicKey, identity, at) {
      const issuing = await initializeCA(authorityKey, hasCertificateLog ? certificateLog : undefined, at);
      const { subject, issuer, repository, commit, ref } = identity;
      const claims = { 8: issuer, 12: repository, 13: commit, 14: ref };
      const certificate = await issuing.issueCertificate({
        publicKey: Uint8Array.from(publicKey),
        subjectAltName: subject,
        extensions: [
          { oid: `${FULCIO}.1`, value: issuer, legacy: true },
          ...Object.entries(claims).flatMap(([last, value]) =>
            value === undefined ? [] : [{ oid: `${FULCIO}.${last}`, value }],
          ),
        ],
      });
      return Buffer.from(certificate.buffer, certificate.byteOffset, certificate.byteLength);
    },
    async log(entry, at) {
      const appended = await (await initializeTLog(REKOR, logKey, at)).log(entry);
      return Object.values(appended as unknown as Record<string, LogAnswer>)[0] as LogAnswer;
    },
    root: ({ authorityEnds, withoutLogs = false } = {}) =>
      JSON.stringify({
        mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
        tlogs: withoutLogs ? [] : [log(logKey, REKOR)],
        ctlogs: hasCertificateLog ? [log(certificateLogKey, 'https://ctfe.example.com')] : [],
        timestampAuthorities: [],
        certificateAuthorities: [
          {
            subject: { organization: 'example', commonName: 'example' },
            uri: 'https://fulcio.example.com',
            certChain: { certificates: [{ rawBytes: Buffer.from(rootCertificate.buffer).toString('base64') }] },
            validFor: { start, ...(authorityEnds ? { end: authorityEnds.toISOString() } : {}) },
          },
        ],
      }),
  };
}

export const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const spki = ({ publicKey }: Pick<KeyPairKeyObjectResult, 'publicKey'>): Buffer =>
  publicKey.export({ type: 'spki', format: 'der' });
export const pemOf = ({ publicKey }: Pick<KeyPairKeyObjectResult, 'publicKey'>): string =>
  publicKey.export({ type: 'spki', format: 'pem' }).toString();
