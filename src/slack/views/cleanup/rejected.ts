import type { RejectedResult } from '../../../handlers/deploy/reject.ts';
import { cut } from '../../../text/cut.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { prose } from '../../block-kit/text.ts';
import { quoted } from '../parts/quoted.ts';

export function rejectView(result: Omit<RejectedResult, 'kind' | 'audit'>): Message {
  const what = prose(cut(result.what, 500));
  const text = result.withdrawn
    ? `<@${result.answeredBy}> canceled the request to ${what}. Nothing changed.`
    : `<@${result.answeredBy}> rejected <@${result.requestedBy}>'s request to ${what}: ${quoted(result.reason ?? '')} Nothing changed.`;
  return { text, blocks: [section(text)] };
}
