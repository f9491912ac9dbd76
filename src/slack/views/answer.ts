import type { Answer } from '../../handlers/answer.ts';
import type { Message } from '../block-kit/message.ts';
import { messageOfReply, type Reply } from '../reply/reply.ts';
import { usageView } from './access/usage.ts';
import { refusalView } from './parts/refusal.ts';

/** Any answer in a message, whatever else would show it. */
export function messageOf(answer: Answer<Reply>): Message {
  if (answer.kind === 'refused') return refusalView(answer);
  if (answer.kind === 'usage') return usageView(answer.spec, answer.prefix);
  return messageOfReply(answer.reply());
}
