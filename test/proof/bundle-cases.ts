import { createHash } from 'node:crypto';
import { type Forgery, forged, type Row, type Stage, TEAM } from './forging.ts';
import { bundleOf, type SignatureLayer } from './layouts.ts';
import { signed, statement } from './sign.ts';

type Bundle = ReturnType<typeof bundleOf>;

/** A good bundle, changed as JSON. */
const bundle =
  (change: (bundle: Bundle, stage: Stage) => object | string): Forgery =>
  async (stage) => {
    const { digest, world, shop } = stage;
    const parts = await signed({ layout: 'bundle', digest, world, by: TEAM });
    const made = change(bundleOf(parts), stage);
    shop.sign(digest, parts, (layer) => ({
      ...layer,
      bytes: Buffer.from(typeof made === 'string' ? made : JSON.stringify(made)),
    }));
  };

const says = (payload: (digest: string) => string): Forgery => forged(({ digest }) => ({ payload: payload(digest) }));
const relabelled =
  (mediaType: string): Forgery =>
  async (stage) => {
    const { digest, world, shop, layout } = stage;
    const parts = await signed({ layout, digest, world, by: TEAM });
    shop.sign(digest, parts, (layer): SignatureLayer => ({ ...layer, mediaType }));
  };

/** Of bundles only. */
export const BUNDLES: readonly Row[] = [
  {
    name: 'a scan, signed by the right identity',
    found: 'other_claim',
    put: says((digest) => statement(digest, { predicateType: 'https://cosign.sigstore.dev/attestation/vuln/v1' })),
  },
  {
    name: 'a bill of materials, signed by the right identity',
    found: 'other_claim',
    put: says((digest) => statement(digest, { predicateType: 'https://spdx.dev/Document' })),
  },
  {
    name: 'a statement of an unknown version',
    found: 'malformed',
    put: says((digest) => statement(digest).replace('Statement/v1', 'Statement/v9')),
  },
  {
    name: 'the digest under another algorithm',
    found: 'other_image',
    put: says((digest) => statement(digest).replace('"sha256"', '"sha512"')),
  },
  {
    name: 'the digest in the name of the subject',
    found: 'other_image',
    put: says((digest) => statement(`sha256:${'0'.repeat(64)}`).replace('"shop"', JSON.stringify(digest))),
  },
  { name: 'another type of payload', found: 'malformed', put: forged(() => ({ payloadType: 'application/json' })) },
  {
    name: 'a bundle without a signature',
    found: 'malformed',
    put: bundle((made) => ({
      ...made,
      dsseEnvelope: { ...made.dsseEnvelope, signatures: [] },
    })),
  },
  {
    name: 'a bundle with two signatures',
    found: 'malformed',
    put: bundle((made) => {
      const { signatures } = made.dsseEnvelope;
      return { ...made, dsseEnvelope: { ...made.dsseEnvelope, signatures: [...signatures, ...signatures] } };
    }),
  },
  {
    name: 'a bundle that signs a message',
    found: 'malformed',
    put: bundle(({ dsseEnvelope, ...made }, { digest }) => {
      const messageDigest = { algorithm: 'SHA2_256', digest: Buffer.from(digest.slice(7), 'hex').toString('base64') };
      return { ...made, messageSignature: { messageDigest, signature: dsseEnvelope.signatures[0]?.sig } };
    }),
  },
  {
    name: 'a bundle of an unknown version',
    found: 'malformed',
    put: bundle((made) => ({ ...made, mediaType: made.mediaType.replace('v0.3', 'v9.9') })),
  },
  {
    name: 'a bundle with more after its media type',
    found: 'malformed',
    put: bundle((made) => ({ ...made, mediaType: `${made.mediaType}-evil` })),
  },
  {
    name: 'a bundle with its envelope twice',
    found: 'malformed',
    put: bundle((made) => JSON.stringify(made).replace('"dsseEnvelope":', '"dsseEnvelope":{},"dsseEnvelope":')),
  },
  {
    name: 'a bundle without what verifies it',
    found: 'malformed',
    put: bundle(({ verificationMaterial: _, ...made }) => made),
  },
  {
    name: 'a bundle with a log entry without a proof',
    found: 'malformed',
    put: bundle((made) => withEntry(made, (entry) => ({ ...entry, inclusionProof: undefined }))),
  },
  {
    name: 'a bundle with neither promise nor proof',
    found: 'malformed',
    put: bundle((made) =>
      withEntry({ ...made, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1' }, (entry) => ({
        ...entry,
        inclusionProof: undefined,
        inclusionPromise: undefined,
      })),
    ),
  },
  {
    name: 'a proof of another tree',
    found: 'log',
    put: bundle((made) =>
      withEntry(made, (entry) => ({
        ...entry,
        inclusionProof: { ...entry.inclusionProof, treeSize: '2', hashes: [createHash('sha256').digest('base64')] },
      })),
    ),
  },
  {
    name: 'a checkpoint whose signer is a regular expression',
    found: 'malformed',
    put: bundle((made) =>
      withEntry(made, (entry) => ({
        ...entry,
        inclusionProof: {
          ...entry.inclusionProof,
          checkpoint: {
            envelope: entry.inclusionProof.checkpoint.envelope.replace(/\u2014 \S+ /u, '\u2014 ((((.*)*)*)*)*x '),
          },
        },
      })),
    ),
  },
  {
    name: 'a checkpoint signed by nobody',
    found: 'log',
    put: bundle((made) =>
      withEntry(made, (entry) => ({
        ...entry,
        inclusionProof: {
          ...entry.inclusionProof,
          checkpoint: {
            envelope: entry.inclusionProof.checkpoint.envelope.replace(
              / \S+\n$/u,
              ` ${Buffer.alloc(80).toString('base64')}\n`,
            ),
          },
        },
      })),
    ),
  },
  {
    name: 'a hundred log entries',
    found: 'malformed',
    put: bundle((made) => {
      const { tlogEntries } = made.verificationMaterial;
      const many = Array.from({ length: 100 }, () => tlogEntries[0]);
      return { ...made, verificationMaterial: { ...made.verificationMaterial, tlogEntries: many } };
    }),
  },
  {
    name: 'a bundle under another media type',
    found: 'none',
    put: relabelled('application/vnd.dev.sigstore.bundle.v0.3+json; evil'),
  },
  {
    name: 'a certificate that is none',
    found: 'malformed',
    put: bundle((made) => ({
      ...made,
      verificationMaterial: { ...made.verificationMaterial, certificate: { rawBytes: 'AAAA' } },
    })),
  },
];

function withEntry(
  made: Bundle,
  change: (entry: Bundle['verificationMaterial']['tlogEntries'][number]) => object,
): object {
  const { verificationMaterial: material } = made;
  return { ...made, verificationMaterial: { ...material, tlogEntries: material.tlogEntries.map(change) } };
}
