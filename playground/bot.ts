import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI } from './files.ts';
import type { LocalSlack } from './server/index.ts';

/**
 * Starts the bot as a user would, with the given config. Resolves when the bot is connected, to a function that stops
 * it.
 */
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
    // Without a key of its own, sealed values could not be opened after the next start, which has other tokens.
    FAIRLEAD_TOTP_KEY: keyIn(folder, 'totp'),
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'error',
  };
  // Detached, so that Ctrl-C does not reach the bot before the clean-up here.
  const child = spawn('sh', ['-c', SCRIPT, process.execPath, CLI, 'start'], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.stdin.end();
    await ended;
  };
  child.stdin.on('error', () => undefined);
  try {
    const died = once(child.stdout.resume(), 'end').then(() => Promise.reject(new Error('The bot did not start.')));
    await Promise.race([slack.connected(), died]);
    // From here on the bot may end at any time.
    died.catch(() => undefined);
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

// Ends the bot when this process ends, however that happens: its standard input is a pipe that closes. Only the bot
// keeps the output open, so the output closes when the bot has ended.
const SCRIPT = `trap '' INT TERM HUP
(trap - INT TERM HUP; exec "$0" "$@" </dev/null) & pid=$!
exec >&-
cat >/dev/null; kill $pid 2>/dev/null; wait $pid`;

/**
 * Reads a key from the demo's folder, or creates it: with `--keep`, the database needs the same key at the next start.
 */
function keyIn(folder: string, name: 'totp' | 'record'): string {
  const file = join(folder, `${name}.key`);
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
