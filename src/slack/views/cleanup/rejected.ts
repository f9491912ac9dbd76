import type { RejectedResult } from '../../../handlers/deploy/reject.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { quoted } from '../parts/quoted.ts';

export function rejectView(result: RejectedResult): Message {
  const text = result.withdrawn
    ? `<@${result.answeredBy}> took back the ${result.command}; nothing was changed.`
    : `<@${result.answeredBy}> rejected the ${result.command} <@${result.requestedBy}> asked for: ${quoted(result.reason ?? '')} Nothing was changed.`;
  return { text, blocks: [section(text)] };
}
