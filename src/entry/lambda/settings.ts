import { type Config, type Environment, loadConfig, loadEnvironment } from '../../config.ts';
import { UserError } from '../../domain/errors.ts';
import { redactorOf } from '../../policy/known-secrets.ts';
import { createLog, type Log } from '../../telemetry.ts';
import type { Env } from './secrets.ts';

export interface Settings {
  readonly config: Config;
  readonly env: Environment;
  readonly log: Log;
}

/** Throws a `UserError` where there is none. */
export function tokenOf({ SLACK_BOT_TOKEN: token }: Environment): string {
  if (token !== undefined) return token;
  throw new UserError('not_configured', 'SLACK_BOT_TOKEN is not set.', 'It begins with xoxb-.');
}

/** Reads environment and config: once in a cold start. `given` has the values of the secret too. Throws a `UserError`. */
export function loadSettings(given: Env): Settings {
  const env = loadEnvironment(given);
  if (!/^postgres(?:ql)?:/iu.test(env.DATABASE_URL))
    throw new UserError(
      'not_configured',
      'DATABASE_URL does not name PostgreSQL, and functions have no disk to keep a database on.',
      'Set it to postgres://…, in the secret that FAIRLEAD_SECRETS_ARN names.',
    );
  const config = loadConfig(env.FAIRLEAD_CONFIG, given);
  const tunnelled = [...config.hosts].filter(([, { url }]) => url.startsWith('ssh:')).map(([name]) => name);
  if (tunnelled.length > 0)
    throw new UserError(
      'not_configured',
      `Functions cannot reach hosts over ssh: ${tunnelled.join(', ')}.`,
      'Give them a tcp:// address with TLS.',
    );
  return { config, env, log: createLog(env.LOG_LEVEL, redactorOf(config, env)) };
}
