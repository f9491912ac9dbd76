import { UserError } from '../../../domain/errors.ts';
import type { Phrase } from '../../../domain/phrase.ts';
import type { Pinned } from '../../../proof/types.ts';
import type { Deps } from '../../deps.ts';
import { mustBeVerified } from '../../images/verified.ts';
import type { DeployPlan } from './types.ts';

/** What nobody signed, and how the running version was built, for the link to the commits in between: only conveniences. */
const BEFORE_MS = 2000;
/** A rollback waits no longer to hear whether its version is signed. */
const ROLLBACK_MS = 4000;

/**
 * Who signed and built the image of a plan. Throws a `UserError` when a rule of the config is not satisfied; for a rollback
 * that is a warning: a version that served before can always be returned to.
 */
export async function verifiedFor(
  { action, image }: { readonly action: DeployPlan['action']; readonly image: Pinned },
  deps: Pick<Deps, 'proofs' | 'redact'>,
  signal: AbortSignal,
): Promise<{ readonly proof: DeployPlan['proof']; readonly unverified: readonly Phrase[] }> {
  const limit = action === 'deploy' ? signal : AbortSignal.any([signal, AbortSignal.timeout(ROLLBACK_MS)]);
  try {
    const proof = await mustBeVerified(image, deps, limit);
    if (!proof) return { proof, unverified: [] };
    const { by, built } = proof;
    const quick = AbortSignal.any([signal, AbortSignal.timeout(BEFORE_MS)]);
    const claimed = built ? undefined : await deps.proofs.claimed(image, quick);
    return { proof: { by, built, claimed }, unverified: [] };
  } catch (error) {
    if (action === 'deploy' || signal.aborted) throw error;
    if (limit.aborted) return { proof: undefined, unverified: ['Its signature could not be verified within 4 s.'] };
    if (!(error instanceof UserError)) throw error;
    return { proof: undefined, unverified: [error.phrase] };
  }
}

type PlanProof = NonNullable<DeployPlan['proof']>;

/** Adds how the running version was built, where that can be verified within 2 s. Never rejects. */
export async function withBefore(
  proof: PlanProof,
  { registry, path, digest }: Omit<Pinned, 'digest'> & { readonly digest: string | undefined },
  { proofs }: Pick<Deps, 'proofs'>,
  signal: AbortSignal,
): Promise<PlanProof> {
  if (digest === undefined || proof.built?.commit === undefined) return proof;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(BEFORE_MS)]);
  const before = await proofs.check({ registry, path, digest }, limit).catch(() => undefined);
  return before?.ok && before.built ? { ...proof, before: before.built } : proof;
}
