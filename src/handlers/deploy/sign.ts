import type { CardArgs } from '../../commands/language/fields.ts';
import { UserError } from '../../domain/errors.ts';
import { mention, phrase } from '../../domain/phrase.ts';
import { untrustedError } from '../approval/errors.ts';
import { mustSign } from '../approval/may-answer.ts';
import { handler } from '../handler.ts';
import type { AnsweredResult } from './answered.ts';
import { running } from './running.ts';

export const sign = handler<CardArgs, AnsweredResult>()(['board', 'config', 'now', 'store'], async (request, deps) => {
  const { approval, deployment } = await running(request, deps);
  const review = await deps.store.reviews.get(deployment.id);
  if (!review) throw new UserError('not_found', 'That deploy was approved, so there is no review to sign.');
  if (review.integrity === 'forged') throw untrustedError('review');
  if (review.signedBy !== undefined) throw alreadySigned(review.signedBy, request.person);
  mustSign(request, deps, approval, review.person);
  const signed = await deps.store.reviews.sign(deployment.id, request.person, deps.now());
  if (!signed) throw alreadySigned((await deps.store.reviews.get(deployment.id))?.signedBy, request.person);
  deps.board.changed(approval.id, true);
  return {
    kind: 'answered',
    card: approval.id,
    text: 'Signed. The review is closed.',
    quiet: false,
    audit: `review of break-glass deployment ${deployment.id} signed`,
  };
});

function alreadySigned(by: string | undefined, person: string): UserError {
  if (by === person) return new UserError('already_decided', 'You already signed this review. It is closed.');
  const who = by === undefined ? '' : phrase` by ${mention(by)}`;
  return new UserError('already_decided', phrase`This review was already signed${who}. It is closed.`);
}
