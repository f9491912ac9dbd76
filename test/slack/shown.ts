import type { PrunedResult } from '../../src/handlers/cleanup/carry-out.ts';
import type { Request } from '../../src/handlers/request.ts';
import type { Message } from '../../src/slack/block-kit/message.ts';
import { COMMANDS } from '../../src/slack/commands.ts';
import { messageOfReply, type Reply } from '../../src/slack/reply/reply.ts';
import { prunedView } from '../../src/slack/views/cleanup/pruned.ts';

/** The message in which a command shows a result, whatever else would show it. */
export function shownResult(command: string, result: unknown, request: Request): Message {
  // What was approved is shown by the kind that carried it out.
  if ((result as Partial<PrunedResult> | undefined)?.kind === 'pruned') return prunedView(result as PrunedResult);
  const { view } = COMMANDS[command as keyof typeof COMMANDS].parts;
  return messageOfReply((view as (result: unknown, request: Request) => Reply)(result, request));
}
