import type { SlashCommand } from '@slack/bolt';
import { respondAt } from '../client/respond-at.ts';
import { onCommand } from './commands.ts';
import type { Hearing } from './listening.ts';
import { type EventBody, type Mention, onMention } from './mentions.ts';
import { onSubmit, type Submission } from './views.ts';

export type MentionBody = EventBody & { readonly event: { readonly type: 'app_mention' } & Mention };

/** What becomes a line without anything having to be drawn or looked up. */
export type DeliveredLine =
  | { readonly kind: 'command'; readonly command: SlashCommand }
  | { readonly kind: 'form'; readonly form: Submission }
  | { readonly kind: 'mention'; readonly body: MentionBody };

/** Listens to one delivery without Bolt, to its end. Resolves to the body of the acknowledgement, if it has one. */
export async function receiveLine(delivered: DeliveredLine, hearing: Hearing): Promise<object | undefined> {
  let answer: object | undefined;
  const ack = async (body?: object) => {
    answer ??= body;
  };
  if (delivered.kind === 'command') {
    const { command } = delivered;
    const respond = command.response_url === undefined ? undefined : respondAt(command.response_url);
    await onCommand(command, { ack, respond }, hearing);
  } else if (delivered.kind === 'form') await onSubmit(delivered.form, { ack }, hearing);
  else {
    const { body } = delivered;
    await onMention({ event: body.event, body, ack }, hearing);
  }
  return answer;
}
