import { abort } from '../../../commands/deploy/abort.ts';
import { abort as handler } from '../../../handlers/deploy/abort.ts';
import { command } from '../../command.ts';
import { answeredReply } from './answered.ts';

export const abortCommand = command({
  spec: abort,
  handler,
  delivery: ['card'],
  view: answeredReply,
  progress: 'none',
  approval: 'none',
});
