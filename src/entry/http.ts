import { type Bot, createBot, type Half } from '../bot.ts';
import type { Config, Environment } from '../config.ts';
import { UserError } from '../domain/errors.ts';
import { createHttpLink } from '../slack/client/http-link.ts';
import type { Log } from '../telemetry.ts';

/** Signed HTTP: Slack calls `/slack/events` on PORT. */
export async function createHttpBot(config: Config, env: Environment, log: Log, only?: Half): Promise<Bot> {
  const signingSecret = env.SLACK_SIGNING_SECRET;
  if (signingSecret === undefined)
    throw new UserError(
      'not_configured',
      'SLACK_SIGNING_SECRET is not set.',
      'It is under Basic Information of the Slack app.',
    );
  return createBot(config, env, log, { link: createHttpLink(signingSecret, log), only });
}
