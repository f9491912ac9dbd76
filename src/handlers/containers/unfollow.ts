import type { UnfollowArgs } from '../../commands/containers/unfollow.ts';
import { UserError } from '../../domain/errors.ts';
import { handler } from '../handler.ts';

export interface UnfollowResult {
  readonly kind: 'stopped';
}

export const unfollow = handler<UnfollowArgs, UnfollowResult>()(['live'], async (request, deps) => {
  const outcome = await deps.live.stop(request.args.id, request.person);
  if (outcome === 'ended')
    throw new UserError(
      'not_found',
      'Nothing to stop: the process that did it has ended.',
      'Its message says so within a minute.',
    );
  if (outcome === 'unknown')
    throw new UserError(
      'not_found',
      'Nothing to stop: it has ended already, the process that did it has ended, or nothing has that ID.',
    );
  if (outcome === 'not_yours') throw new UserError('not_permitted', 'Only the person who started it can stop it.');
  return { kind: 'stopped' };
});
