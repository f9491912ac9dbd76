import type { WebClient } from '@slack/web-api';
import type { Config } from '../../config.ts';
import { UserError } from '../../domain/errors.ts';

/** Who the bot is in its workspace. */
export interface Identity {
  readonly botId?: string;
  readonly botUserId?: string;
}

/** Asks Slack whose token this is. Rejects with a `UserError` when it is of another workspace than the config serves. */
export async function identify(client: WebClient, { slack }: Pick<Config, 'slack'>): Promise<Identity> {
  const { team_id: team, enterprise_id, user_id: botUserId, bot_id: botId } = await client.auth.test();
  if (team !== slack.team)
    throw new UserError(
      'not_configured',
      `SLACK_BOT_TOKEN is for ${team ?? enterprise_id ?? 'no workspace'}, and the config serves ${slack.team}.`,
      team?.startsWith('T')
        ? `Set slack.team to ${team}, or use the other workspace's token.`
        : 'Install the app in the workspace itself, rather than in its organization, and copy that token.',
    );
  return { ...(botId === undefined ? {} : { botId }), ...(botUserId === undefined ? {} : { botUserId }) };
}
