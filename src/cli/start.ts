import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { UserError } from '../domain/errors.ts';
import { createHttpBot } from '../entry/http.ts';
import { createSocketBot } from '../entry/socket.ts';
import { redactorOf } from '../policy/known-secrets.ts';
import { createLog } from '../telemetry.ts';
import { settings } from './settings.ts';

export async function startCommand(): Promise<number> {
  // Node lets the space for new objects grow to 48 MB with what passes through it. What passes through here, logs of any
  // size, is garbage at once: with less space it is collected more often, at no cost that `npm run bench` can see.
  setFlagsFromString('--semi-space-growth-factor=1');
  const { config, env } = settings();
  const log = createLog(env.LOG_LEVEL, redactorOf(config, env));
  if (env.SLACK_APP_TOKEN === undefined && env.SLACK_SIGNING_SECRET === undefined) {
    throw new UserError(
      'not_configured',
      'Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set.',
      'The first is for Socket Mode, the second for signed HTTP.',
    );
  }
  const socket = env.SLACK_APP_TOKEN !== undefined;
  const bot = await (socket ? createSocketBot(config, env, log) : createHttpBot(config, env, log));
  const stopped = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  // A promise that nobody waited for, in a library as well, is no reason to leave a rollout half-way.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'A failure that nothing waited for'));
  const started = bot.start(env.PORT).then(() => 'started' as const);
  try {
    if ((await Promise.race([started, stopped])) === 'started') {
      log.info(
        { mode: socket ? 'socket' : 'http', hosts: config.hosts.size, port: socket ? undefined : env.PORT },
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
