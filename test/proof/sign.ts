import { createHash, type KeyPairKeyObjectResult, sign } from 'node:crypto';
import { type Identity, keyPair, type LogAnswer, pemOf, spki, type World } from './world.ts';

/** Where cosign puts what proves an image: 3 as a bundle that refers to it, 2 in tags made of its digest. */
export type Layout = 'bundle' | 'tag' | 'attestation';

/** A signature in pieces, so that a test can replace one of them. */
export interface Parts {
  readonly layout: Layout;
  readonly payload: string;
  readonly payloadType: string;
  readonly signature: Buffer;
  /** DER; none for a signature by a key. */
  readonly certificate: Buffer | undefined;
  readonly entry: LogAnswer | undefined;
  readonly kind: 'dsse' | 'hashedrekord';
}

/** What is to be signed, and how. */
export interface Recipe {
  readonly layout: Layout;
  readonly digest: string;
  readonly world: World;
  /** Another text to be signed. */
  readonly payload?: string;
  readonly payloadType?: string;
  /** With a certificate for this identity, or by a key alone. */
  readonly by: Identity | KeyPairKeyObjectResult;
  readonly certifiedAt?: Date;
  /** When the log has it; `never` leaves it out, and `log` is another log. */
  readonly loggedAt?: Date | 'never';
  readonly log?: World;
}

export const STATEMENT = 'application/vnd.in-toto+json';

/** As cosign signs: a fresh key and its certificate, or a key; the signature; and its entry in the log. */
export async function signed(recipe: Recipe): Promise<Parts> {
  const { layout, digest, by, world, loggedAt, log = world, payloadType = STATEMENT } = recipe;
  const payload = recipe.payload ?? (layout === 'tag' ? simple(digest) : statement(digest));
  const keys = 'subject' in by ? keyPair() : by;
  const certificate = 'subject' in by ? await world.certify(spki(keys), by, recipe.certifiedAt) : undefined;
  const message = layout === 'tag' ? Buffer.from(payload) : preAuthentication(payloadType, payload);
  const algorithm = keys.privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const signature = sign(algorithm, message, keys.privateKey);
  const verifier = Buffer.from(certificate ? pem(certificate) : pemOf(keys)).toString('base64');
  const kind = layout === 'tag' ? 'hashedrekord' : 'dsse';
  const entry =
    loggedAt === 'never' ? undefined : await log.log(proposal(kind, { payload, signature, verifier }), loggedAt);
  return { layout, payload, payloadType, signature, certificate, entry, kind };
}

/** What is given to the log for it. */
export function proposal(
  kind: Parts['kind'],
  { payload, signature, verifier }: { payload: string; signature: Buffer; verifier: string },
): object {
  const hash = { algorithm: 'sha256', value: createHash('sha256').update(payload).digest('hex') };
  const content = signature.toString('base64');
  const spec =
    kind === 'dsse'
      ? { envelopeHash: hash, payloadHash: hash, signatures: [{ signature: content, verifier }] }
      : { data: { hash }, signature: { content, publicKey: { content: verifier } } };
  return { apiVersion: '0.0.1', kind, spec };
}

export function simple(digest: string, type = 'cosign container image signature'): string {
  const identity = { 'docker-reference': 'registry.example.com/acme/shop' };
  return JSON.stringify({ critical: { identity, image: { 'docker-manifest-digest': digest }, type }, optional: null });
}

/** An in-toto statement that cosign 3 signs, unless the predicate is another. */
export function statement(
  digest: string,
  { predicateType = 'https://sigstore.dev/cosign/sign/v1', predicate = {} as object } = {},
): string {
  const subject = [{ name: 'shop', digest: { sha256: digest.slice('sha256:'.length) } }];
  return JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate });
}

export const PROVENANCE = 'https://slsa.dev/provenance/v1';

/** As GitHub's attest-build-provenance writes it. */
export function provenance(
  digest: string,
  { repository = 'https://github.com/acme/shop', ref = 'refs/heads/main', commit = 'c'.repeat(40) } = {},
): string {
  const workflow = { ref, repository, path: '.github/workflows/release.yml' };
  const predicate = {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: { workflow },
      resolvedDependencies: [{ uri: `git+${repository}@${ref}`, digest: { gitCommit: commit } }],
    },
    runDetails: { builder: { id: 'https://github.com/actions/runner/github-hosted' } },
  };
  return statement(digest, { predicateType: PROVENANCE, predicate });
}

export function preAuthentication(type: string, payload: string): Buffer {
  return Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${Buffer.byteLength(payload)} ${payload}`);
}

export function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/gu) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
