import { generateKeyPairSync } from 'node:crypto';
import { type Forgery, forged, type Row, type Stage, TEAM } from './forging.ts';
import { type Parts, proposal, signed, simple, statement } from './sign.ts';
import { type Identity, keyPair } from './world.ts';

const as = (identity: Partial<Identity>): Forgery => forged(() => ({ by: { ...TEAM, ...identity } }));
const payloadOf = ({ layout }: Stage, digest: string) => (layout === 'tag' ? simple(digest) : statement(digest));
const ENTRY_OF_ANOTHER: Forgery = forged(
  () => ({}),
  async (parts, { world }) => {
    const of = { payload: parts.payload, signature: Buffer.from('another'), verifier: 'bm9uZQ==' };
    return { ...parts, entry: await world.log(proposal(parts.kind, of)) };
  },
);
const later = (minutes: number) => new Date(Date.now() + minutes * 60_000);

/** Each for every layout, signed with a certificate. */
export const KEYLESS: readonly Row[] = [
  { name: 'a signature of another image', found: 'other_image', put: forged(({ other }) => ({ digest: other })) },
  {
    name: 'the digest in the payload swapped after signing',
    found: 'log',
    put: forged(
      ({ other }) => ({ digest: other }),
      (parts, stage) => ({ ...parts, payload: payloadOf(stage, stage.digest) }),
    ),
  },
  {
    name: 'another workflow of the same repository',
    found: 'other_signer',
    put: as({ subject: TEAM.subject.replace('release.yml', 'evil.yml') }),
  },
  {
    name: 'another owner whose name begins the same',
    found: 'other_signer',
    put: as({ subject: TEAM.subject.replace('/acme/', '/acme-evil/') }),
  },
  {
    name: 'the right identity within another address',
    found: 'other_signer',
    put: as({ subject: `https://evil.example.com/${TEAM.subject}` }),
  },
  {
    name: 'the right identity and a newline',
    found: 'malformed',
    put: as({ subject: `${TEAM.subject}\nhttps://evil.example.com` }),
  },
  {
    name: 'the right identity in other case',
    found: 'other_signer',
    put: as({ subject: TEAM.subject.replace('acme', 'Acme') }),
  },
  {
    name: 'a branch where a tag or main is asked for',
    found: 'other_signer',
    put: as({ subject: TEAM.subject.replace('heads/main', 'heads/evil') }),
  },
  {
    name: 'the right identity and more parts of the path',
    found: 'other_signer',
    put: as({ subject: `${TEAM.subject}/evil` }),
  },
  { name: 'another issuer', found: 'other_signer', put: as({ issuer: 'https://accounts.example.com' }) },
  {
    name: 'an issuer that begins the same',
    found: 'other_signer',
    put: as({ issuer: `${TEAM.issuer}.evil.example.com` }),
  },
  { name: 'an issuer with a slash at its end', found: 'other_signer', put: as({ issuer: `${TEAM.issuer}/` }) },
  { name: 'the same names by another authority', found: 'certificate', put: forged(({ evil }) => ({ world: evil })) },
  {
    name: 'another authority and the right log',
    found: 'certificate',
    put: forged(({ evil, world }) => ({ world: evil, log: world })),
  },
  { name: 'no log entry', found: 'time', put: forged(() => ({ loggedAt: 'never' })) },
  { name: 'a log entry of another log', found: 'log', put: forged(({ evil }) => ({ log: evil })) },
  {
    name: 'a log entry after the end of the certificate',
    found: 'certificate',
    put: forged(() => ({ loggedAt: later(60) })),
  },
  {
    name: 'a log entry before the start of the certificate',
    found: 'certificate',
    put: forged(() => ({ certifiedAt: later(30) })),
  },
  {
    name: 'the time of the log entry set back',
    found: 'log',
    put: forged(
      () => ({ loggedAt: later(60) }),
      (parts) => ({
        ...parts,
        entry: parts.entry && { ...parts.entry, integratedTime: Math.floor(Date.now() / 1000) },
      }),
    ),
  },
  {
    name: 'a log entry of another payload',
    found: 'log',
    put: forged(
      () => ({}),
      async (parts, { world }) => {
        const of = { payload: 'another', signature: parts.signature, verifier: 'bm9uZQ==' };
        return { ...parts, entry: await world.log(proposal(parts.kind, of)) };
      },
    ),
  },
  {
    name: 'a log entry of another signature',
    found: 'log',
    put: ENTRY_OF_ANOTHER,
  },
  {
    name: 'a log entry whose promise is by another log',
    found: 'log',
    put: forged(
      () => ({}),
      async (parts, { evil }) => {
        const { entry } = parts;
        const own = await evil.log(JSON.parse(Buffer.from(entry?.body ?? '', 'base64').toString()));
        return { ...parts, entry: entry && { ...entry, verification: own.verification } };
      },
    ),
  },
  { name: 'a signature with one bit changed', found: 'log', put: forged(() => ({}), flipped) },
  {
    name: 'a signature by another key under the right certificate',
    found: 'signature',
    put: forged(
      () => ({}),
      async (parts, stage) => {
        const own = await signed({ layout: stage.layout, digest: stage.digest, world: stage.world, by: stage.key });
        return { ...own, certificate: parts.certificate };
      },
    ),
  },
  {
    name: 'a key alone where an identity is asked for',
    found: 'other_signer',
    put: forged(({ key }) => ({ by: key })),
  },
  {
    name: 'a payload with a key twice',
    found: 'malformed',
    put: forged((stage) => ({
      payload: payloadOf(stage, stage.other).replace(
        stage.layout === 'tag' ? '"critical":' : '"subject":',
        `${stage.layout === 'tag' ? '"critical":{}' : '"subject":[]'},$&`,
      ),
    })),
  },
  { name: 'a payload that is no JSON', found: 'malformed', put: forged(() => ({ payload: 'sha256:' })) },
  {
    name: 'a payload of two megabytes',
    found: 'unread',
    put: forged((stage) => ({
      payload: `${payloadOf(stage, stage.digest)}${' '.repeat(2_000_000)}`,
    })),
  },
  {
    name: 'a payload without a digest',
    found: 'other_image',
    put: forged((stage) => ({ payload: payloadOf(stage, 'sha256:') })),
  },
  {
    name: 'a digest in upper case',
    found: 'other_image',
    put: forged((stage) => ({
      payload: payloadOf(stage, stage.digest).replace(/[0-9a-f]{64}/u, (hex) => hex.toUpperCase()),
    })),
  },
  { name: 'no signature at all', found: 'none', put: async () => {} },
];

/** Each for every layout, where the rule asks for a key. */
export const BY_KEY: readonly Row[] = [
  { name: 'another key', found: 'signature', put: forged(() => ({ by: keyPair() })) },
  {
    name: 'another kind of key',
    found: 'signature',
    put: forged(() => ({ by: generateKeyPairSync('ed25519'), loggedAt: 'never' })),
  },
  {
    name: 'a signature of another image by the key',
    found: 'other_image',
    put: forged(({ other }) => ({ digest: other })),
  },
  {
    name: 'the payload swapped',
    found: 'signature',
    put: forged(
      ({ other }) => ({ digest: other, loggedAt: 'never' }),
      (parts, stage) => ({ ...parts, payload: payloadOf(stage, stage.digest) }),
    ),
  },
  { name: 'a certificate where a key is asked for', found: 'other_signer', put: forged(() => ({ by: TEAM })) },
  {
    name: 'a log entry of another signature of the key',
    found: 'log',
    put: ENTRY_OF_ANOTHER,
  },
  {
    name: 'an empty signature',
    found: 'malformed',
    put: forged(
      () => ({ loggedAt: 'never' }),
      (parts) => ({ ...parts, signature: Buffer.of() }),
    ),
  },
];

function flipped(parts: Parts): Parts {
  const signature = Buffer.from(parts.signature);
  signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  return { ...parts, signature };
}
