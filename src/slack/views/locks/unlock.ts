import { unlock } from '../../../commands/locks/unlock.ts';
import type { UnlockResult } from '../../../handlers/locks/unlock.ts';
import { unlock as handler } from '../../../handlers/locks/unlock.ts';
import type { Request } from '../../../handlers/request.ts';
import type { Message } from '../../block-kit/message.ts';
import { plain } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { decision } from '../../reply/reply.ts';
import { message } from './message.ts';

export function unlockView(result: UnlockResult, request: Request): Message {
  return message(`:unlock: <@${request.person}> released *${plain(result.service)}*.`);
}

export const unlockCommand = command({
  spec: unlock,
  handler,
  delivery: ['message'],
  view: (result, request) => decision(unlockView(result, request)),
  progress: 'none',
  approval: 'none',
});
