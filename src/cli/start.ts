import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { type Bot, createBot, type Half } from '../bot.ts';
import type { Config, Environment } from '../config.ts';
import { UserError } from '../domain/errors.ts';
import { createHttpBot } from '../entry/http.ts';
import { createSocketBot } from '../entry/socket.ts';
import { redactorOf } from '../policy/known-secrets.ts';
import { createLog, type Log } from '../telemetry.ts';
import { awaitDatabase } from './await-database.ts';
import { settings } from './settings.ts';

export async function startCommand(args: readonly string[]): Promise<number> {
  const { only } = parseArgs({ args: [...args], options: { only: { type: 'string' } } }).values;
  if (only !== undefined && only !== 'receiver' && only !== 'worker')
    throw new UserError('bad_input', `--only takes receiver or worker, not "${only}".`);
  // Node lets the space for new objects grow to 48 MB with what passes through it. What passes through here, logs of any
  // size, is garbage at once: with less space it is collected more often, at no cost that `npm run bench` can see.
  setFlagsFromString('--semi-space-growth-factor=1');
  const { config, env } = settings();
  const log = createLog(env.LOG_LEVEL, redactorOf(config, env));
  await awaitDatabase(env, only !== 'worker' && env.SLACK_APP_TOKEN === undefined, log);
  const { bot, mode } = await botOf({ config, env, log, only });
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  // A promise that nobody waited for, in a library as well, is no reason to leave a rollout half-way.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'A failure that nothing waited for'));
  const started = bot.start(env.PORT).then(() => 'started' as const);
  try {
    if ((await Promise.race([started, stopped])) === 'started') {
      log.info(
        { mode, only, hosts: config.hosts.size, port: mode === 'http' ? env.PORT : undefined },
        'Fairlead is ready',
      );
      await stopped;
    }
  } catch (error) {
    await bot.stop();
    throw error;
  }
  log.info({}, 'Fairlead is stopping');
  await bot.stop();
  // Slack's client may keep a reconnect timer; everything that matters has been closed above.
  process.exit(0);
}

interface Starting {
  readonly config: Config;
  readonly env: Environment;
  readonly log: Log;
  readonly only: Half | undefined;
}

/** A worker alone needs only the token that it sends with. */
async function botOf({ config, env, log, only }: Starting): Promise<{ bot: Bot; mode: 'socket' | 'http' | undefined }> {
  if (only === 'worker') return { bot: await createBot(config, env, log, { only }), mode: undefined };
  if (env.SLACK_APP_TOKEN !== undefined) return { bot: await createSocketBot(config, env, log, only), mode: 'socket' };
  if (env.SLACK_SIGNING_SECRET !== undefined) return { bot: await createHttpBot(config, env, log, only), mode: 'http' };
  throw new UserError(
    'not_configured',
    'Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set.',
    'The first is for Socket Mode, the second for signed HTTP.',
  );
}
