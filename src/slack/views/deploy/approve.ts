import { approve } from '../../../commands/deploy/approve.ts';
import { type CodeResult, isAnswered, isUnderway } from '../../../handlers/deploy/answered.ts';
import { asksForCode, approve as handler } from '../../../handlers/deploy/approve.ts';
import type { Underway } from '../../../handlers/deps.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { prose } from '../../block-kit/text.ts';
import { type Approvable, command } from '../../command.ts';
import { aside, decision, type FormReply, form } from '../../reply/reply.ts';
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
      if (isUnderway(result)) return decision(underwayView(result, request.person));
      for (const kind of kinds) {
        const reply = kind.reply(result, request);
        if (reply) return reply;
      }
      throw new TypeError(`Nothing shows ${result.kind}`);
    },
    progress: { view: (report) => progressOf(report, kinds), stands: 'channel', begins: 'when-slow' },
    approval: 'none',
    opensForm: asksForCode,
  });

function progressOf(report: object, kinds: readonly Approvable[]): Message {
  for (const kind of kinds) {
    const message = kind.progress(report);
    if (message) return message;
  }
  throw new TypeError('Nothing shows this progress');
}

/** Replaces the question, whose buttons have been answered, until the result is there. */
function underwayView({ what, requestedBy }: Underway, person: string): Message {
  const text = `Approved by <@${person}>: ${prose(what)}, requested by <@${requestedBy}>. The result follows in this conversation.`;
  return { text, blocks: [section(`:hourglass: ${text}`)] };
}

function codeReply({ question, card }: CodeResult): FormReply {
  const words = { text: CODE_NEEDED.replaceAll('`', ''), blocks: [section(CODE_NEEDED)] };
  return form(({ channel, thread }) => codeForm(question, { channel, thread, card }), aside(words));
}
