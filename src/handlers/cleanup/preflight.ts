import { createHash } from 'node:crypto';
import { z } from 'zod';
import { PRUNABLE } from '../../commands/cleanup/prune.ts';
import { UserError } from '../../domain/errors.ts';
import { mention, phrase } from '../../domain/phrase.ts';
import { groupsThatMatter } from '../../policy/authorize.ts';
import { OTHER_REQUESTER, untrustedError } from '../approval/errors.ts';
import type { Asked } from '../approval/kind.ts';
import { ownDecision } from '../approval/may-answer.ts';
import type { ApprovalDeps } from '../deps.ts';
import type { Request } from '../request.ts';
import type { PrunePlan } from './types.ts';

const Stored = z.lazy(() =>
  z.strictObject({
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
    unlisted: z.array(z.string()).optional(),
  }),
);

/** Validates a plan as it is stored. */
export function isPrunePlan(stored: unknown): stored is PrunePlan {
  return Stored.safeParse(stored).success;
}

export function hashOfPrune(plan: PrunePlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}

/** Throws a `UserError` unless the plan still has its hash, and the requester may still ask for it. */
export async function mustBeAsPreviewed(
  { approval, plan }: Pick<Asked<PrunePlan>, 'approval' | 'plan'>,
  _: Pick<Request, 'person'>,
  deps: ApprovalDeps,
): Promise<void> {
  const { hash, requestedBy: person, channel } = approval;
  if (hashOfPrune(plan) !== hash) throw untrustedError('request');
  const membership = await deps.people.membership(person, groupsThatMatter(channel, deps.config));
  const decision = ownDecision({ person, channel, membership }, deps, approval);
  if (decision.kind === 'deny')
    throw new UserError(
      'not_permitted',
      phrase`${mention(person)} may no longer prune there: ${decision.missing}`,
      OTHER_REQUESTER,
    );
}
