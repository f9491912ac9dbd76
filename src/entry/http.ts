import bolt from '@slack/bolt';
import { type Bot, createBot } from '../bot.ts';
import type { Config, Environment } from '../config.ts';
import { UserError } from '../errors.ts';
import type { Log } from '../telemetry.ts';

/** Signed HTTP: Slack calls `/slack/events` on PORT. `/healthz` answers while the process takes requests. */
export function createHttpBot(config: Config, env: Environment, log: Log): Bot {
  const signingSecret = env.SLACK_SIGNING_SECRET;
  if (signingSecret === undefined)
    throw new UserError(
      'not_configured',
      'SLACK_SIGNING_SECRET is not set.',
      'It is under Basic Information of the Slack app.',
    );
  const healthz = {
    path: '/healthz',
    method: 'GET',
    handler: (_: unknown, response: { end(text: string): unknown }) => void response.end('ok\n'),
  };
  return createBot(config, env, log, new bolt.HTTPReceiver({ signingSecret, customRoutes: [healthz] }));
}
