import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSlack } from '../../playground/server/index.ts';
import { type Answer, fakeEngine } from '../docker/fake-engine.ts';

/** Engines by name: what each answers, by method and path. */
export type Engines = Readonly<Record<string, Readonly<Record<string, Answer>>>>;

/** A bot whose event loop is watched, on engines that answer as told, and a local Slack in which U0DEV1 may do everything. */
export interface WatchedBot extends AsyncDisposable {
  type(text: string): Promise<unknown>;
  /** Answers in the channel so far. */
  answers(): number;
  /** The texts of the channel's messages, without their blocks. */
  texts(): string[];
  /** The blocks of all of them, as JSON. */
  shown(): string;
  /** Forgets what was seen of the event loop. */
  forget(): void;
  /** Milliseconds of each turn of the event loop that took long. */
  blocks(): number[];
}

export async function watchedBot(
  routes: Engines,
  { commands, registries = {} }: { readonly commands: readonly string[]; readonly registries?: object },
): Promise<WatchedBot> {
  const engines = await Promise.all(
    Object.entries(routes).map(async ([name, answers]) => [name, await fakeEngine(answers)] as const),
  );
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-loop-'));
  const slack = await startSlack();
  writeFileSync(
    join(folder, 'fairlead.yml'),
    JSON.stringify({
      slack: { team: 'T0FAIRLEAD', app: 'A0FAIRLEAD' },
      hosts: Object.fromEntries(engines.map(([name, { socketPath }]) => [name, { url: `unix://${socketPath}` }])),
      registries,
      roles: { operator: { commands } },
      channels: { C0PROD: { grants: [{ role: 'operator', hosts: 'all' }] } },
      budget: { commands: 1000 },
    }),
  );
  const bot = spawn(
    process.execPath,
    ['--import', new URL('./loop-monitor.ts', import.meta.url).href, 'src/cli.ts', 'start'],
    {
      env: {
        PATH: process.env['PATH'],
        FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
        DATABASE_URL: `file:${join(folder, 'fairlead.db')}`,
        FAIRLEAD_RECORD_KEY: 'ab'.repeat(32),
        SLACK_BOT_TOKEN: slack.tokens.bot,
        SLACK_APP_TOKEN: slack.tokens.app,
        SLACK_API_URL: slack.apiUrl,
        LOG_LEVEL: 'info',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const said = listen(bot);
  await said.until('Fairlead is ready');
  await slack.connected();
  const messages = () => slack.messages({ channel: 'C0PROD', as: 'U0DEV1' });
  return {
    type: (text) => slack.type({ person: 'U0DEV1', channel: 'C0PROD', text }),
    answers: () => messages().filter(({ author }) => author !== 'U0DEV1').length,
    texts: () => messages().map(({ text }) => text),
    shown: () => JSON.stringify(messages().map(({ blocks }) => blocks)),
    forget: said.forget,
    blocks: said.blocks,
    async [Symbol.asyncDispose]() {
      bot.kill('SIGKILL');
      await slack.stop();
      for (const [, engine] of engines) await engine[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listen(bot: ChildProcess) {
  let log = '';
  bot.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  return {
    async until(words: string) {
      while (!log.includes(words)) {
        if (bot.exitCode !== null) throw new Error(log.slice(-4000));
        if (bot.stderr) await once(bot.stderr, 'data');
      }
    },
    forget() {
      log = '';
    },
    blocks: () => [...log.matchAll(/loop-block (\d+)/gu)].map(([, ms]) => Number(ms)),
  };
}
