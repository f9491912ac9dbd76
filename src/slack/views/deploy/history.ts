import { history } from '../../../commands/deploy/history.ts';
import { history as handler } from '../../../handlers/deploy/history.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { deploymentsView } from './deployments.ts';

export const historyCommand = command({
  spec: history,
  handler,
  delivery: ['message'],
  view: (result) => answer(deploymentsView(result)),
  progress: 'none',
  approval: 'none',
});
