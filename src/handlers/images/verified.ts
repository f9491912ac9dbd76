import { code, UserError } from '../../domain/errors.ts';
import { familiar, type ImageReference } from '../../domain/reference.ts';
import type { Pinned, Proof } from '../../proof/types.ts';
import { pinned } from '../deploy/planning/pinned.ts';
import type { Deps } from '../deps.ts';

type Good = Extract<Proof, { readonly ok: true }>;
type Bad = Extract<Proof, { readonly ok: false }>;

/** An image that was verified, by its digest alone. */
export interface Verified {
  readonly reference: ImageReference & { readonly digest: string };
  readonly proof: Good;
}

/**
 * Looks a tag up and verifies what it stands for now; undefined where no rule covers the image. Throws a `UserError` unless
 * every rule that does is satisfied.
 */
export async function verifiedImage(
  image: ImageReference,
  hosts: readonly string[],
  deps: Pick<Deps, 'config' | 'hosts' | 'proofs' | 'redact' | 'tags'>,
  signal: AbortSignal,
): Promise<Verified | undefined> {
  if (!deps.proofs.covers(image)) return undefined;
  const { digest } = await pinned({ image, hosts }, deps, signal);
  return verifiedDigest({ ...image, digest }, deps, signal);
}

/** The same of an image whose digest is known. */
export async function verifiedDigest(
  image: Pinned,
  deps: Pick<Deps, 'proofs' | 'redact'>,
  signal: AbortSignal,
): Promise<Verified | undefined> {
  const proof = await mustBeVerified(image, deps, signal);
  const { registry, path, digest } = image;
  return proof && { reference: { registry, path, tag: undefined, digest }, proof };
}

/** Verifies an image by its digest. Throws a `UserError` unless every rule that covers it is satisfied; undefined where none does. */
export async function mustBeVerified(
  image: Pinned,
  deps: Pick<Deps, 'proofs' | 'redact'>,
  signal: AbortSignal,
): Promise<Good | undefined> {
  const proof = await deps.proofs.check(image, signal);
  if (!proof || proof.ok) return proof;
  throw notVerified(image, proof, deps);
}

/** Why an image may not come onto a host: what was found, what the rule asks for, and what to do. */
export function notVerified(image: Pinned, proof: Bad, { redact }: Pick<Deps, 'redact'>): UserError {
  const name = familiar({ ...image, tag: undefined, digest: undefined });
  const lines = [
    `${code(name)} ${WHY[proof.why]}: ${code(shortDigest(image.digest))} (\`${proof.rule}\`).`,
    ...proof.found.map(({ words }) => `Found: ${words}`),
    ...proof.expected.map((words) => `Expected: ${words}`),
  ];
  return new UserError('not_verified', redact(lines.join('\n')), nextStep(name, image.digest, proof.why));
}

const WHY: Readonly<Record<Bad['why'], string>> = {
  unsigned: 'is not signed',
  refused: 'is not signed by anybody accepted',
  provenance: 'was not built as the rule asks',
  unknown: 'could not be verified',
};

function nextStep(name: string, digest: string, why: Bad['why']): string {
  if (why === 'unknown') return 'Check that Fairlead reaches the registry and may read it, then ask again.';
  if (why === 'unsigned') return `Sign it with \`cosign sign ${name}@${digest}\`, then ask again.`;
  const by = why === 'provenance' ? 'Build it as the rule asks' : 'Have it signed by one of them';
  return `${by}, then ask again. The rule is \`images.verify\` in the config.`;
}

const shortDigest = (digest: string) => digest.slice(0, 'sha256:'.length + 12);
