import type { CanResult } from '../../../handlers/access/can.ts';
import { context, type Message, section } from '../../block-kit/message.ts';
import { inline, plain, prose } from '../../block-kit/text.ts';
import { someHosts } from '../parts/over-hosts.ts';

export function canView(result: CanResult): Message {
  const { decision } = result;
  const line = inline(`/dock ${result.line}`);
  const text =
    decision.kind === 'allow'
      ? `Yes: /dock ${result.line}`
      : decision.kind === 'needs-approval'
        ? `Yes, once approved: /dock ${result.line}`
        : `${decision.reason === 'host_needed' ? 'Say where' : 'No'}: ${decision.missing}`;
  const verdict =
    decision.kind === 'deny'
      ? `${decision.reason === 'host_needed' ? ':grey_question: *Say where.*' : ':no_entry: *No.*'} ${prose(decision.missing)}\nReason: ${inline(decision.reason)}${decision.permitted.length > 0 ? ` · hosts you may use: ${someHosts(decision.permitted)}` : ''}${decision.who.length > 0 ? ` · who can: ${decision.who.join(', ')}` : ''}`
      : `${decision.kind === 'allow' ? ':white_check_mark: *Yes*' : `:raising_hand: *Yes, once somebody else from ${decision.from.join(' or ')} approves*`}${decision.hosts.length > 0 ? ` on ${someHosts(decision.hosts)}` : ''}`;
  return {
    text: plain(text),
    blocks: [section(`${line}\n${verdict}`), context(`Decided by ${inline(decision.rule)}`)],
  };
}
