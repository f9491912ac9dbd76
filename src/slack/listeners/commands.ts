import type { App } from '@slack/bolt';
import { isOurs, type Listening, talk, triggerOf } from './listening.ts';

/** Any slash command. */
export function listenToCommands(app: App, listening: Listening): void {
  app.command(/.*/u, async ({ command, ack, respond }) => {
    if (!isOurs(command, listening) || !(await listening.isFirst(command.trigger_id))) return ack();
    await talk(
      {
        text: `${command.command} ${command.text}`,
        person: command.user_id,
        channel: command.channel_id,
        team: command.team_id,
        source: 'slash',
      },
      {
        ack: (payload) => ack(payload as Parameters<typeof ack>[0]),
        ackCarries: 'answer',
        respond,
        trigger: triggerOf(command.trigger_id),
      },
      listening,
    );
  });
}
