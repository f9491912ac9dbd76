import { expect, it } from 'vitest';
import { type Answer, chunks, frame, ID, IMAGE_ID, json } from '../docker/fake-engine.ts';
import { serve } from '../registry/server.ts';
import { type Engines, watchedBot } from './watched-bot.ts';

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
const ENGINES: Engines = {
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
  await using bot = await watchedBot(ENGINES, {
    commands: ['images', 'ps', 'logs', 'pull', 'prune', 'audit', 'deploy'],
    registries: { [registry.host]: {} },
  });
  // What is loaded and compiled at the first command of a process is not what strangers wrote.
  await bot.type('/ps @labels');
  await bot.type('/logs shop @refuses');
  bot.forget();
  const before = bot.answers();
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

  await Promise.all(typed.map(bot.type));
  await expect
    .poll(() => bot.answers() - before, { timeout: 60_000, interval: 100 })
    .toBeGreaterThanOrEqual(typed.length);

  // A host that is late is awaited in the first answer, and in the second says what is wrong.
  await expect.poll(bot.shown, { timeout: 30_000, interval: 100 }).toContain('more than 8 MB');
  await expect.poll(bot.shown, { timeout: 30_000, interval: 100 }).toContain('more than 200 levels');
  expect(bot.blocks().filter((ms) => ms > MOST)).toEqual([]);
}, 120_000);
