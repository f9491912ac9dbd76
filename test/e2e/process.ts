import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LocalSlack } from '../../playground/server/index.ts';
import { runFirst } from '../bed/run-first.ts';
import { RECORD_KEY } from '../store/keys.ts';

export const READY = 'Fairlead is ready';

/** One process of the bot as shipped, and what it wrote to its log. */
export interface BotProcess {
  readonly child: ChildProcess;
  log(): string;
  /** Resolves once its log has so many lines with these words; rejects when it ends before. */
  said(words: string, times?: number): Promise<void>;
  /** Its exit code, once it has ended. */
  readonly exit: Promise<number | null>;
}

export function launch(env: NodeJS.ProcessEnv, args: readonly string[] = [], program = 'dist/cli.js'): BotProcess {
  let log = '';
  const looks = new Set<() => void>();
  const child = spawn(process.execPath, [program, 'start', ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  runFirst(child);
  child.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-200_000);
    for (const look of looks) look();
  });
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return {
    child,
    exit,
    log: () => log,
    said: (words, times = 1) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (log.split('\n').filter((line) => line.includes(words)).length < times) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
        void exit.then((code) => reject(new Error(`The bot ended with ${code}: ${log.slice(-8000)}`)));
      }),
  };
}

/** Whether it ended by itself, or by a signal that no test sends. */
export const hasCrashed = ({ child: { exitCode, signalCode } }: BotProcess): boolean =>
  exitCode !== null || (signalCode !== null && signalCode !== 'SIGKILL');

/** Sends a signal, and waits for the end. */
export async function end({ child, exit }: BotProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await exit;
}

/** A bot without an engine on a local Slack: it answers what needs no host. Ends with the test. */
export function loneBot(slack: LocalSlack, more: NodeJS.ProcessEnv = {}, team = 'T0FAIRLEAD'): BotProcess {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-lone-'));
  writeFileSync(
    join(folder, 'fairlead.yml'),
    JSON.stringify({
      slack: { team },
      hosts: { 'web-1': { url: 'unix:///nowhere/engine.sock' } },
      roles: { viewer: { commands: ['ps'] } },
      channels: { C0STAGING: { grants: [{ role: 'viewer', hosts: 'all' }] } },
    }),
  );
  const bot = launch({
    PATH: process.env['PATH'],
    FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
    DATABASE_URL: `file:${join(folder, 'fairlead.db')}`,
    FAIRLEAD_RECORD_KEY: RECORD_KEY,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_APP_TOKEN: slack.tokens.app,
    SLACK_API_URL: slack.apiUrl,
    ...more,
  });
  onTestFinished(async () => {
    await end(bot, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return bot;
}
