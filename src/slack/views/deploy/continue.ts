import { proceed } from '../../../commands/deploy/continue.ts';
import { proceed as handler } from '../../../handlers/deploy/continue.ts';
import { command } from '../../command.ts';
import { answeredReply } from './answered.ts';

export const proceedCommand = command({
  spec: proceed,
  handler,
  delivery: ['card'],
  view: answeredReply,
  progress: 'none',
  approval: 'none',
});
