import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startSlack } from '../../playground/server/index.ts';
import { type Answer, chunks, fakeEngine, frame, ID, IMAGE_ID, json } from '../docker/fake-engine.ts';
import { serve } from '../registry/server.ts';

/** Milliseconds of one turn of the bot's event loop. */
const MOST = 100;

const container = (index: number, more: object = {}) => ({
  Id: index.toString(16).padStart(64, 'a'),
  Names: [`/c-${index}`],
  Image: 'shop:1',
  Command: 'sleep',
  Created: index,
  State: 'running',
  Status: 'Up',
  ...more,
});
const log = (lines: readonly string[]): Answer => chunks([frame(1, `${lines.join('\n')}\n`)]);
const jwt = (bytes: number) => `GET /${'eyJ-'.repeat(bytes / 4)}`;
const detail = json({ Id: ID, Name: '/shop', Config: { Env: [] }, State: { Running: true } });
const shop = json([container(0, { Id: ID, Names: ['/shop'] })]);

/** Engines by what is wrong with each. */
const ENGINES: Readonly<Record<string, Readonly<Record<string, Answer>>>> = {
  logs: {
    'GET /containers/json': shop,
    [`GET /containers/${ID}/json`]: detail,
    [`GET /containers/${ID}/logs`]: log([...Array<string>(40).fill(jwt(8000)), jwt(32_000), jwt(128_000), 'end']),
  },
  huge: {
    'GET /containers/json': json(
      Array.from({ length: 100_000 }, (_, at) => container(at, { Labels: { a: 'x'.repeat(400) } })),
    ),
  },
  many: {
    'GET /containers/json': json(Array.from({ length: 19_000 }, (_, at) => container(at))),
    'GET /images/json': json(
      Array.from({ length: 19_000 }, (_, at) => ({
        Id: IMAGE_ID,
        RepoTags: [`${'r'.repeat(100)}/${at}:1`],
        Created: 1,
        Size: 1,
      })),
    ),
  },
  labels: {
    'GET /containers/json': json([
      container(0, { Labels: { big: 'x'.repeat(1_000_000), 'a.b': '"'.repeat(1_000_000) } }),
    ]),
    'GET /images/json': json([
      { Id: IMAGE_ID, RepoTags: ['shop:1'], Created: 1, Size: 1, Labels: { big: 'é'.repeat(1_000_000) } },
    ]),
  },
  nested: { 'GET /containers/json': (response) => response.end(`${'['.repeat(3_000_000)}${']'.repeat(3_000_000)}`) },
  empties: { 'GET /containers/json': (response) => response.end(`[${'{},'.repeat(2_000_000)}{}]`) },
  pulls: {
    'GET /images/json': json([]),
    'POST /images/create': json({ errorDetail: { message: `${'lookup '.repeat(9000)} manifest unknown` } }),
  },
  refuses: { 'GET /containers/json': json({ message: `x509: ${'lookup '.repeat(9000)}` }, 500) },
};

it('hostile answers, logs and texts all at once never keep the event loop', async () => {
  await using registry = await serve(({ url = '' }, response) => {
    if (url.includes('/broken/')) return void response.writeHead(500).end('<'.repeat(3_000_000));
    const tags = Array.from({ length: 20_000 }, (_, at) => `1.0.0-${'a-'.repeat(55)}${at}`.slice(-128));
    response.end(JSON.stringify({ tags }));
  });
  const engines = await Promise.all(
    Object.entries(ENGINES).map(async ([name, routes]) => [name, await fakeEngine(routes)] as const),
  );
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-loop-'));
  const slack = await startSlack();
  writeFileSync(
    join(folder, 'fairlead.yml'),
    JSON.stringify({
      slack: { team: 'T0FAIRLEAD', app: 'A0FAIRLEAD' },
      hosts: Object.fromEntries(engines.map(([name, { socketPath }]) => [name, { url: `unix://${socketPath}` }])),
      registries: { [registry.host]: {} },
      roles: { operator: { commands: ['images', 'ps', 'logs', 'pull', 'prune', 'audit', 'deploy'] } },
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
  const type = (text: string) => slack.type({ person: 'U0DEV1', channel: 'C0PROD', text });
  const answers = () =>
    slack.messages({ channel: 'C0PROD', as: 'U0DEV1' }).filter(({ author }) => author !== 'U0DEV1').length;
  try {
    // What is loaded and compiled at the first command of a process is not what strangers wrote.
    await type('/ps @labels');
    await type('/logs shop @refuses');
    said.forget();
    const before = answers();
    const typed = [
      '/logs shop @logs',
      '/logs shop @logs --grep (e|y|J|-)*x$',
      ...['huge', 'many', 'labels', 'nested', 'empties', 'refuses'].map((host) => `/ps -a @${host}`),
      '/images @many',
      '/images @labels --sort name',
      `/pull ${registry.host}/shop:1.0.1 @pulls`,
      `/pull ${registry.host}/broken/shop:1 @pulls`,
      '/logs c-1x @many',
      '/prune images @many',
      `/ps "${'<"'.repeat(20_000)}`,
      `/logs ${'e\u0301'.repeat(20_000)}`,
      `/dock audit --person ${'@'.repeat(3000)}`,
      `/pull ${'a/'.repeat(1900)}b`,
    ];

    await Promise.all(typed.map(type));
    await expect
      .poll(() => answers() - before, { timeout: 60_000, interval: 100 })
      .toBeGreaterThanOrEqual(typed.length);

    const shown = () => JSON.stringify(slack.messages({ channel: 'C0PROD', as: 'U0DEV1' }).map(({ blocks }) => blocks));
    // A host that is late is awaited in the first answer, and in the second says what is wrong.
    await expect.poll(shown, { timeout: 30_000, interval: 100 }).toContain('more than 8 MB');
    await expect.poll(shown, { timeout: 30_000, interval: 100 }).toContain('more than 200 levels');
    expect(said.blocks().filter((ms) => ms > MOST)).toEqual([]);
  } finally {
    bot.kill('SIGKILL');
    await slack.stop();
    for (const [, engine] of engines) await engine[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

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
