import { expect, it } from 'vitest';
import type { Message } from '../../playground/server/state.ts';
import { SPECS } from '../../src/commands/index.ts';
import type { Asked } from '../../src/slack/unanswered/asked.ts';
import { STATE_COMMANDS } from '../../src/slack/unanswered/state-commands.ts';
import { countingEngine } from '../replicas/engine.ts';
import { wholeBot } from './whole-bot.ts';

const DEV = { channel: 'C0STAGING', person: 'U0DEV1' };
const seen = { channel: 'C0STAGING', as: 'U0DEV1', timeoutMs: 30_000 };
const HOURS_MS = 3_600_000;

/** A bot whose engine answers nothing, so that whatever asks it is under way until the bot is killed. */
async function hungBot() {
  const engine = await countingEngine(HOURS_MS);
  const bot = await wholeBot({
    hosts: { 'web-1': { url: `unix://${engine.socketPath}` } },
    roles: { releaser: { commands: ['images', 'ps', 'pull', 'lock', 'locks'] } },
    images: { allow: ['docker.io/**'] },
    approvals: [],
    services: {},
  });
  return {
    ...bot,
    async killAndStart() {
      await bot.kill();
      await bot.start();
    },
    /** Resolves when the lines that nobody was answered yet are these, and all of them are decided. */
    async underWay(...lines: readonly string[]) {
      const store = await bot.store();
      const open = async () => {
        const decided = (await store.audit.search({ limit: 100 })).map(({ request }) => request);
        const asked = (await store.deliveries.unanswered()).map((one) => one.asked as Asked);
        return asked.filter(({ request }) => decided.includes(request)).map(({ line }) => line);
      };
      await expect.poll(open, { timeout: 20_000 }).toEqual(lines);
      await store.close();
    },
    async [Symbol.asyncDispose]() {
      await bot[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

const isWorking = ({ text }: Message) => text.startsWith('Working on it');
const tells = (line: 'during `/pull' | 'before it answered `/images`') => (message: Message) =>
  message.text.includes(`Fairlead was stopped ${line}`);
const buttonsOf = ({ blocks }: Message) => JSON.stringify(blocks).match(/"value":"[^"]*"/gu) ?? [];

it('a killed process leaves no "Working on it": the next says what may have been carried out', {
  timeout: 90_000,
}, async () => {
  await using it = await hungBot();
  const { slack } = it;
  await slack.type({ ...DEV, text: '/pull docker.io/library/shop:1' });
  await slack.type({ ...DEV, text: '/images' });
  await expect.poll(() => slack.messages(seen).filter(isWorking).length).toBe(2);
  await it.underWay('pull docker.io/library/shop:1', 'images');
  await it.killAndStart();

  const changed = await slack.waitFor(tells('during `/pull'), seen);
  const read = await slack.waitFor(tells('before it answered `/images`'), seen);
  expect(changed.text).toContain('may have been carried out');
  expect(buttonsOf(changed)).toEqual([]);
  expect(read.text).toContain('Nothing was changed');
  expect(buttonsOf(read)).toEqual(['"value":"/images"']);
  expect(slack.messages(seen).filter(isWorking)).toEqual([]);
  expect(changed.onlyFor).toBe('U0DEV1');

  // Once, and it is on record: another start tells nobody, and carries out nothing.
  const before = slack.messages(seen).length;
  await it.killAndStart();
  await slack.type({ ...DEV, text: '/dock locks' });
  await slack.waitFor(({ text }) => text.includes('lock'), { ...seen });
  expect(slack.messages(seen)).toHaveLength(before + 1);
  const store = await it.store();
  await expect.poll(() => store.deliveries.unanswered()).toEqual([]);
  const ends = (await store.audit.search({ command: 'pull', limit: 10 })).map(({ kind, reason }) => [kind, reason]);
  expect(ends).toEqual([
    ['outcome', 'stopped'],
    ['decision', undefined],
  ]);
  expect((await store.verify()).ok).toBe(true);
  await store.close();
});

it('a mention and a click are told in their place when their process was killed', { timeout: 90_000 }, async () => {
  await using it = await hungBot();
  const { slack } = it;
  const { ts = '' } = await slack.type({ ...DEV, text: 'the shop is slow' });
  await slack.type({ ...DEV, text: '@fairlead pull docker.io/library/shop:2', threadTs: ts });
  await it.underWay('pull docker.io/library/shop:2');
  await it.killAndStart();
  const told = await slack.waitFor(tells('during `/pull'), { timeoutMs: 30_000 });
  expect([told.channel, told.threadTs, told.onlyFor]).toEqual(['C0STAGING', ts, 'U0DEV1']);

  await slack.type({ ...DEV, text: '@fairlead images' });
  await it.underWay('images');
  await it.killAndStart();
  const read = await slack.waitFor(tells('before it answered `/images`'), { timeoutMs: 30_000 });
  await slack.click({ person: 'U0DEV1', message: read, label: 'Retry' });
  await it.underWay('images');
  await it.killAndStart();
  await slack.waitFor((message) => message.ts !== read.ts && tells('before it answered `/images`')(message), {
    timeoutMs: 30_000,
  });
});

it('every command that changes something names the command that shows it', () => {
  const changes = SPECS.filter(({ effect }) => effect === 'change').map(({ name }) => name);
  expect(changes.filter((name) => STATE_COMMANDS[name] === undefined)).toEqual([]);
});
