import { ask } from '../../../commands/locks/ask.ts';
import type { AskedResult } from '../../../handlers/locks/ask.ts';
import { ask as handler } from '../../../handlers/locks/ask.ts';
import type { Message } from '../../block-kit/message.ts';
import { plain } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { aside } from '../../reply/reply.ts';
import { message } from './message.ts';

export function askView(result: AskedResult): Message {
  return message(`I asked <@${result.owner}> in a direct message to release *${plain(result.service)}*.`);
}

export const askCommand = command({
  spec: ask,
  handler,
  delivery: ['message'],
  view: (result) => aside(askView(result)),
  progress: 'none',
  approval: 'none',
});
