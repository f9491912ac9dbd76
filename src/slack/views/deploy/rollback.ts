import { rollback } from '../../../commands/deploy/rollback.ts';
import { deployApproval } from '../../../handlers/deploy/approval.ts';
import { rollback as handler } from '../../../handlers/deploy/rollback.ts';
import { approvable, command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { answeredReply } from './answered.ts';
import { plannedReply } from './planned.ts';
import { versionsView } from './versions.ts';

export const rollbackCommand = command({
  spec: rollback,
  handler,
  delivery: ['message', 'card'],
  view: (result) => (result.kind === 'versions' ? answer(versionsView(result)) : plannedReply(result)),
  progress: 'none',
  approval: approvable(deployApproval, { asked: 'card', reply: answeredReply }),
});
