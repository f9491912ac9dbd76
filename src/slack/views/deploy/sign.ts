import { sign } from '../../../commands/deploy/sign.ts';
import { sign as handler } from '../../../handlers/deploy/sign.ts';
import { command } from '../../command.ts';
import { answeredReply } from './answered.ts';

export const signCommand = command({
  spec: sign,
  handler,
  delivery: ['card'],
  view: answeredReply,
  progress: 'none',
  approval: 'none',
});
