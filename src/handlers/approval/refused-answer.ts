import { UserError } from '../../domain/errors.ts';
import { phrase } from '../../domain/phrase.ts';
import type { CanAnswer } from '../../policy/votes.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deps } from '../deps.ts';
import type { Asker } from './may-answer.ts';
import { nobodyCanAnswer, nobodyCanApprove } from './nobody.ts';

/**
 * The refusal of an approval that does not count. Approvers leave their groups while a request is open: where nobody is
 * left, it says so and what changes that, since naming the groups alone would send people to nobody.
 */
export async function refusedApproval(
  { why, hint }: Extract<CanAnswer, { readonly may: false }>,
  approval: Approval,
  asker: Asker,
  deps: Pick<Deps, 'config' | 'kinds' | 'people' | 'specs'>,
): Promise<UserError> {
  const nobody =
    approval.requestedBy === asker.person
      ? await nobodyCanApprove('it now', approval, asker, deps)
      : await nobodyCanAnswer('it now', approval, deps);
  return nobody
    ? new UserError('not_permitted', phrase`${why} ${nobody.why}`, nobody.hint)
    : new UserError('not_permitted', why, hint);
}
