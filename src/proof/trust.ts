import type { KeyObject } from 'node:crypto';
import type { Verifier } from '@sigstore/verify';

/** What verifies signatures against one trusted root. */
export interface Trust {
  /** Of signatures with a certificate: everything the root names is asked for. */
  readonly keyless: Verifier;
  /** Of signatures by this key. Its log entries and times are verified where there are any, and not asked for. */
  byKey(key: KeyObject): Verifier;
}

/** The public Sigstore, in the file of @sigstore/tuf. */
const PUBLIC = 'https://tuf-repo-cdn.sigstore.dev';

/** JSON text of the public trusted root that @sigstore/tuf was released with: no network is asked. */
export async function shippedRoot(): Promise<string> {
  const { default: seeds } = await import('@sigstore/tuf/seeds.json', { with: { type: 'json' } });
  return Buffer.from(seeds[PUBLIC].targets['trusted_root.json'], 'base64').toString('utf8');
}

/**
 * Reads a trusted root. What it names is required of a certificate's signature: a transparency log's entry where it has
 * logs, a certificate log's where it has those, and always a signed time. A root without logs is that of a private Sigstore.
 */
export async function openTrust(json: string): Promise<Trust> {
  const [{ toTrustMaterial, Verifier: Library }, { TrustedRoot }] = await Promise.all([
    import('@sigstore/verify'),
    import('@sigstore/protobuf-specs'),
  ]);
  const root = TrustedRoot.fromJSON(JSON.parse(json));
  const material = toTrustMaterial(root);
  return {
    keyless: new Library(material, {
      ctlogThreshold: root.ctlogs.length > 0 ? 1 : 0,
      tlogThreshold: root.tlogs.length > 0 ? 1 : 0,
      timestampThreshold: 1,
    }),
    byKey: (key) =>
      new Library(
        { ...material, publicKey: () => ({ publicKey: key, validFor: () => true }) },
        { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 },
      ),
  };
}
