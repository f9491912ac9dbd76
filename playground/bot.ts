import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLI } from './own-files.ts';
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
    // From here on its end is no surprise to anybody.
    died.catch(() => undefined);
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

// Ends with us, however we end: its standard input is a pipe that closes. Only the bot keeps the output open, so that its
// closing tells of the bot's end.
const SCRIPT = `trap '' INT TERM HUP
(trap - INT TERM HUP; exec "$0" "$@" </dev/null) & pid=$!
exec >&-
cat >/dev/null; kill $pid 2>/dev/null; wait $pid`;

/** Kept with a kept demo, whose database could not be read with another. */
function keyIn(folder: string, name: 'totp' | 'record'): string {
  const file = join(folder, `${name}.key`);
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
