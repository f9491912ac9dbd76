import { type Bot, createBot, type Half } from '../bot.ts';
import type { Config, Environment } from '../config.ts';
import { UserError } from '../domain/errors.ts';
import { createSocketLink } from '../slack/client/socket-link.ts';
import type { Log } from '../telemetry.ts';

/** Socket Mode: the bot calls Slack, so nothing has to be reachable from outside. */
export async function createSocketBot(config: Config, env: Environment, log: Log, only?: Half): Promise<Bot> {
  const appToken = env.SLACK_APP_TOKEN;
  if (appToken === undefined)
    throw new UserError(
      'not_configured',
      'SLACK_APP_TOKEN is not set.',
      'It begins with xapp- and has the scope connections:write.',
    );
  return createBot(config, env, log, { link: createSocketLink(appToken, env.SLACK_API_URL, log), only });
}
