import type { UnlockResult } from '../../../handlers/locks/unlock.ts';
import type { Request } from '../../../handlers/request.ts';
import type { Message } from '../../block-kit/message.ts';
import { plain } from '../../block-kit/text.ts';
import { message } from './message.ts';

export function unlockView(result: UnlockResult, request: Request): Message {
  return message(`:unlock: <@${request.person}> released *${plain(result.service)}*.`);
}
