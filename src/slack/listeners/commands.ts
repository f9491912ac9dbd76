import type { SlashCommand } from '@slack/bolt';
import { type Answering, type Heard, type Hearing, hear, isOurs, talk, triggerOf } from './listening.ts';

/** Any slash command. */
export async function onCommand(command: SlashCommand, { ack, respond }: Answering, hearing: Hearing): Promise<void> {
  if (!isOurs(command, hearing)) return ack();
  const heard: Heard = {
    delivery: command.trigger_id,
    ack: () => ack(),
    said: {
      text: `${command.command} ${command.text}`,
      person: command.user_id,
      channel: command.channel_id,
      team: command.team_id,
      source: 'slash',
    },
    reply: {
      ack: (payload) => ack(payload),
      ackCarries: 'answer',
      respond,
      respondTo: command.response_url,
      trigger: triggerOf(command.trigger_id, hearing),
    },
  };
  await hear(heard, hearing, async (taken) => (await talk(heard, taken, hearing)).isAnswered);
}
