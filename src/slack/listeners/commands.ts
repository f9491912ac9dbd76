import type { SlashCommand } from '@slack/bolt';
import { type Answering, type Hearing, isOurs, talk, triggerOf } from './listening.ts';

/** Any slash command. */
export async function onCommand(command: SlashCommand, { ack, respond }: Answering, hearing: Hearing): Promise<void> {
  if (!isOurs(command, hearing) || !(await hearing.isFirst(command.trigger_id))) return ack();
  await talk(
    {
      text: `${command.command} ${command.text}`,
      person: command.user_id,
      channel: command.channel_id,
      team: command.team_id,
      source: 'slash',
    },
    {
      ack: (payload) => ack(payload),
      ackCarries: 'answer',
      respond,
      respondTo: command.response_url,
      trigger: triggerOf(command.trigger_id),
    },
    hearing,
  );
}
