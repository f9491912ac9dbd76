import { unfollow } from '../../../commands/containers/unfollow.ts';
import type { UnfollowResult } from '../../../handlers/containers/unfollow.ts';
import { unfollow as handler } from '../../../handlers/containers/unfollow.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { command } from '../../command.ts';
import { aside } from '../../reply/reply.ts';

export function unfollowView(_: UnfollowResult): Message {
  return { text: 'Stopped.', blocks: [section('Stopped.')] };
}

export const unfollowCommand = command({
  spec: unfollow,
  handler,
  delivery: ['message'],
  view: (result) => aside(unfollowView(result)),
  progress: 'none',
  approval: 'none',
});
