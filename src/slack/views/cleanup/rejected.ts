import type { RejectedResult } from '../../../handlers/deploy/reject.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { quoted } from '../parts/quoted.ts';

export function rejectView(result: Omit<RejectedResult, 'kind' | 'audit'>): Message {
  const text = result.withdrawn
    ? `<@${result.answeredBy}> canceled the ${result.command}. Nothing changed.`
    : `<@${result.answeredBy}> rejected <@${result.requestedBy}>'s ${result.command}: ${quoted(result.reason ?? '')} Nothing changed.`;
  return { text, blocks: [section(text)] };
}
