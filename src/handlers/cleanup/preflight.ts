import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PRUNABLE } from '../../commands/cleanup/prune.ts';
import { UserError } from '../../domain/errors.ts';
import { mention, phrase } from '../../domain/phrase.ts';
import { groupsThatMatter } from '../../policy/authorize.ts';
import type { Approval } from '../../store/approvals.ts';
import { ownDecision } from '../approval/may-answer.ts';
import { untrustedError } from '../deploy/planning/start.ts';
import type { Deps } from '../deps.ts';
import type { PrunePlan } from './types.ts';

const Stored = z.strictObject({
  args: z.looseObject({ what: z.enum(PRUNABLE), all: z.boolean(), names: z.array(z.string()) }),
  hosts: z.array(
    z.strictObject({
      host: z.string(),
      bytes: z.number(),
      candidates: z.array(
        z.strictObject({
          id: z.string().min(1),
          label: z.string(),
          bytes: z.number(),
          names: z.array(z.string()).optional(),
          createdAt: z.number().optional(),
        }),
      ),
    }),
  ),
});

function isPrunePlan(stored: unknown): stored is PrunePlan {
  return Stored.safeParse(stored).success;
}

export function hashOfPrune(plan: PrunePlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}

/**
 * The previewed plan, ready to be carried out: its hash is computed again, and the requester must still be permitted to
 * request it.
 * Throws a `UserError` otherwise.
 */
export async function prunePlanOf(approval: Approval, deps: Deps): Promise<PrunePlan> {
  const { plan, hash, requestedBy: person, channel } = approval;
  if (!isPrunePlan(plan) || hashOfPrune(plan) !== hash) throw untrustedError('question');
  const membership = await deps.people.membership(person, groupsThatMatter(channel, deps.config));
  const decision = ownDecision({ person, channel, membership }, deps, approval);
  if (decision.kind === 'deny')
    throw new UserError(
      'not_permitted',
      phrase`${mention(person)} may no longer prune there: ${decision.missing}`,
      'Ask again.',
    );
  return plan;
}
