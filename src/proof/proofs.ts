import { createHash } from 'node:crypto';
import type { Config, VerifyRule } from '../config.ts';
import { matchesPattern } from '../domain/glob.ts';
import type { ImageReference } from '../domain/reference.ts';
import type { Registries } from '../registry/client.ts';
import { readClaimed } from './claimed.ts';
import { collect } from './collect.ts';
import { proveBy } from './prove.ts';
import { registrySource } from './source.ts';
import { openTrust, shippedRoot, type Trust } from './trust.ts';
import type { Built, Pinned, Proof } from './types.ts';

/** Who signed images. Nothing here rejects but for an abort: what could not be found out is a proof that is not given. */
export interface Proofs {
  /** Whether a rule of the config covers the image's repository. */
  covers(image: Pick<ImageReference, 'registry' | 'path'>): boolean;
  /** Verifies an image by every rule that covers it; undefined where none does. */
  check(image: Pinned, signal: AbortSignal): Promise<Proof | undefined>;
  /** What an image says of its own build, signed by nobody; undefined too where that cannot be read. Never rejects. */
  claimed(image: Pinned, signal: AbortSignal): Promise<Built | undefined>;
}

const DEADLINE_MS = 15_000;
/** Good proofs only: what was refused is looked for again, as it may be signed meanwhile. */
const KEPT_MS = 60_000;
const MOST_KEPT = 500;

/** Reads what proves images from their registries, by the rules of the config. */
export function createProofs(config: Pick<Config, 'verify'>, registries: Pick<Registries, 'repository'>): Proofs {
  const kept = new Map<string, { readonly proof: Proof; readonly until: number }>();
  const trusts = new Map<string, Promise<Trust>>();
  const trustOf = ({ trustedRoot }: VerifyRule) => {
    const key = trustedRoot ?? '';
    const trust = trusts.get(key) ?? open(trustedRoot);
    trusts.set(key, trust);
    return trust;
  };
  const rulesFor = (image: Pick<ImageReference, 'registry' | 'path'>) => {
    const names = namesOf(image);
    return config.verify.filter(({ images }) =>
      images.some((pattern) => names.some((name) => matchesPattern(pattern.toLowerCase(), name))),
    );
  };

  return {
    covers: (image) => rulesFor(image).length > 0,
    claimed: (image, signal) =>
      readClaimed(registrySource(registries, image, signal), image.digest).catch(() => undefined),
    async check(image, signal) {
      const rules = rulesFor(image);
      if (rules.length === 0) return undefined;
      const key = keyOf(image, rules);
      const known = kept.get(key);
      if (known && known.until > performance.now()) return known.proof;
      const proof = await prove(rules, image, { registries, trustOf }, signal);
      if (proof.ok) {
        kept.delete(key);
        kept.set(key, { proof, until: performance.now() + KEPT_MS });
        for (const oldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(oldest);
      }
      return proof;
    },
  };
}

/** As it was written, and as it would be without what makes another name of the same registry. */
function namesOf({ registry, path }: Pick<ImageReference, 'registry' | 'path'>): string[] {
  const written = registry.toLowerCase();
  const plain = written.replace(/:(?:80|443)$/u, '');
  const known = /^(?:index|registry-1)\.docker\.io$/u.test(plain) ? 'docker.io' : plain;
  return [...new Set([written, plain, known])].map((host) => `${host}/${path}`);
}

async function open(trustedRoot: string | undefined): Promise<Trust> {
  return openTrust(trustedRoot ?? (await shippedRoot()));
}

interface Means {
  readonly registries: Pick<Registries, 'repository'>;
  readonly trustOf: (rule: VerifyRule) => Promise<Trust>;
}

async function prove(
  rules: readonly VerifyRule[],
  image: Pinned,
  { registries, trustOf }: Means,
  signal: AbortSignal,
): Promise<Proof> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const found = await collect(registrySource(registries, image, limit), image.digest, signal);
  const proofs: Extract<Proof, { ok: true }>[] = [];
  for (const rule of rules) {
    const trust = await trustOf(rule).catch(() => undefined);
    if (!trust) return withoutRoot(rule);
    const proof = await proveBy(rule, image.digest, found, trust);
    if (!proof.ok) return proof;
    proofs.push(proof);
  }
  const [first] = proofs as [Extract<Proof, { ok: true }>];
  return {
    ...first,
    rules: proofs.flatMap(({ rules: paths }) => paths),
    built: proofs.find(({ built }) => built)?.built,
  };
}

function withoutRoot({ path }: VerifyRule): Proof {
  const words = 'Its trustedRoot cannot be used: it is not a whole trusted_root.json.';
  return { ok: false, rule: path, why: 'unknown', found: [{ code: 'malformed', words }], expected: [] };
}

function keyOf({ registry, path, digest }: Pinned, rules: readonly VerifyRule[]): string {
  const said = rules.map(({ images, signers, provenance, trustedRoot }) => ({
    images,
    provenance,
    trustedRoot,
    signers: signers.map((one) =>
      one.kind === 'key' ? { key: one.key.export({ format: 'pem', type: 'spki' }) } : one,
    ),
  }));
  return `${registry}/${path}@${digest} ${createHash('sha256').update(JSON.stringify(said)).digest('hex')}`;
}
