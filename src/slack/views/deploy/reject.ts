import { reject } from '../../../commands/deploy/reject.ts';
import { asksForReason, reject as handler, type ReasonResult } from '../../../handlers/deploy/reject.ts';
import { slash } from '../../block-kit/commands.ts';
import { section } from '../../block-kit/message.ts';
import { command } from '../../command.ts';
import { aside, decision, type FormReply, form } from '../../reply/reply.ts';
import { rejectView } from '../cleanup/rejected.ts';
import { answeredReply } from './answered.ts';
import { reasonForm } from './reason-form.ts';

export const rejectCommand = command({
  spec: reject,
  handler,
  delivery: ['message', 'card', 'form'],
  view(result) {
    if (result.kind === 'rejected') return decision(rejectView(result));
    return result.kind === 'reason' ? reasonReply(result) : answeredReply(result);
  },
  progress: 'none',
  approval: 'none',
  opensForm: asksForReason,
});

function reasonReply(result: ReasonResult): FormReply {
  const text = `A reason is needed. Give it with ${slash(`${result.line} --reason "…"`)}.`;
  return form((place) => reasonForm(result, place), aside({ text: text.replaceAll('`', ''), blocks: [section(text)] }));
}
