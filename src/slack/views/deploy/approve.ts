import { approve } from '../../../commands/deploy/approve.ts';
import { type CodeResult, isAnswered } from '../../../handlers/deploy/answered.ts';
import { asksForCode, approve as handler } from '../../../handlers/deploy/approve.ts';
import { section } from '../../block-kit/message.ts';
import { type Approvable, command } from '../../command.ts';
import { aside, type FormReply, form } from '../../reply/reply.ts';
import { answeredReply } from './answered.ts';
import { codeForm } from './code-form.ts';

const CODE_NEEDED = 'A yes here needs a one-time code. Say it with `--code`, or click the card again for a form.';

/** `kinds` are all that can be approved: each shows its own outcome. */
export const approveCommand = (kinds: readonly Approvable[]) =>
  command({
    spec: approve,
    handler,
    delivery: ['message', 'card', 'form'],
    view(result, request) {
      if (isAnswered(result)) return result.kind === 'code' ? codeReply(result) : answeredReply(result);
      for (const kind of kinds) {
        const reply = kind.reply(result, request);
        if (reply) return reply;
      }
      throw new TypeError(`Nothing shows ${result.kind}`);
    },
    progress: 'none',
    approval: 'none',
    opensForm: asksForCode,
  });

function codeReply({ question, card }: CodeResult): FormReply {
  const words = { text: CODE_NEEDED.replaceAll('`', ''), blocks: [section(CODE_NEEDED)] };
  return form(({ channel, thread }) => codeForm(question, { channel, thread, card }), aside(words));
}
