import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalSlack } from './server/index.ts';

/** The bot as anybody would start it, on a config of its own. Resolves when it is connected; gives back what ends it. */
export async function startBot(
  folder: string,
  config: string,
  slack: LocalSlack,
  secrets: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  writeFileSync(join(folder, 'fairlead.yml'), config);
  const env = {
    ...process.env,
    ...secrets,
    FAIRLEAD_RECORD_KEY: keyIn(folder, 'record'),
    FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
    DATABASE_URL: `file:${join(folder, 'fairlead.db')}`,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_APP_TOKEN: slack.tokens.app,
    // What the bot seals has to open with the next start, whose tokens are others.
    FAIRLEAD_TOTP_KEY: keyIn(folder, 'totp'),
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'error',
  };
  // Detached, so that Ctrl-C reaches it through our own clean-up and not before it.
  const bot = spawn(process.execPath, [join(import.meta.dirname, '../src/cli.ts'), 'start'], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  const stop = async () => {
    if (bot.exitCode !== null || bot.signalCode !== null) return;
    bot.kill('SIGTERM');
    await once(bot, 'exit');
  };
  try {
    const died = once(bot, 'exit').then(() => Promise.reject(new Error('The bot did not start.')));
    await Promise.race([slack.connected(), died]);
    // From here on its end is no surprise to anybody.
    died.catch(() => undefined);
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Kept with a kept demo, whose database could not be read with another. */
function keyIn(folder: string, name: 'totp' | 'record'): string {
  const file = join(folder, `${name}.key`);
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
