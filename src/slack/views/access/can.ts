import { can } from '../../../commands/access/can.ts';
import type { CanResult } from '../../../handlers/access/can.ts';
import { can as handler } from '../../../handlers/access/can.ts';
import { cut } from '../../../text/cut.ts';
import { slash } from '../../block-kit/commands.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { inline, prose } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { someHosts } from '../parts/over-hosts.ts';

export function canView(result: CanResult): Message {
  const { decision } = result;
  const line = slash(cut(result.line, 120));
  const text =
    decision.kind === 'allow'
      ? `Yes: ${line}`
      : decision.kind === 'needs-approval'
        ? `Yes, once approved: ${line}`
        : `${decision.reason === 'host_needed' ? 'Say where' : 'No'}: ${prose(decision.missing)}`;
  const verdict =
    decision.kind === 'deny'
      ? `${decision.reason === 'host_needed' ? ':grey_question: *Say where.*' : ':no_entry: *No.*'} ${prose(decision.missing)}\nReason: ${inline(decision.reason)}${decision.permitted.length > 0 ? ` · hosts you may use: ${someHosts(decision.permitted)}` : ''}${decision.who.length > 0 ? ` · who can: ${decision.who.join(', ')}` : ''}`
      : `${decision.kind === 'allow' ? ':white_check_mark: *Yes*' : `:raising_hand: *Yes, once somebody else from ${decision.from.join(' or ')} approves*`}${decision.hosts.length > 0 ? ` on ${someHosts(decision.hosts)}` : ''}`;
  return {
    text,
    blocks: [
      section(`${line}\n${verdict}`),
      ...(result.opensForm && decision.kind === 'allow'
        ? [context('This opens a form. Name a service or container to see whether it needs approval.')]
        : []),
      context(`Decided by ${inline(decision.rule)}`),
    ],
  };
}

export const canCommand = command({
  spec: can,
  handler,
  delivery: ['message'],
  view: (result) => answer(canView(result)),
  progress: 'none',
  approval: 'none',
});
