import type { AskedResult } from '../../../handlers/locks/ask.ts';
import type { Message } from '../../block-kit/message.ts';
import { plain } from '../../block-kit/text.ts';
import { message } from './message.ts';

export function askView(result: AskedResult): Message {
  return message(`I asked <@${result.owner}> in a direct message to release *${plain(result.service)}*.`);
}
