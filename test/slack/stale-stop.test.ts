import { expect, it, onTestFinished } from 'vitest';
import { buttonsOf, type Message } from '../../playground/server/index.ts';
import type { Asked } from '../../src/slack/unanswered/asked.ts';
import { fakeEngine, json } from '../docker/fake-engine.ts';
import { wholeBot } from './whole-bot.ts';

const DEV = { channel: 'C0STAGING', person: 'U0DEV1' };
const seen = { channel: 'C0STAGING', as: 'U0DEV1', timeoutMs: 30_000 };
const hasStop = ({ blocks }: Message) => buttonsOf(blocks).some(({ text }) => text.text === 'Stop');

/** A bot whose first engine begins every pull and ends none, and whose second one is away. */
async function liveBot() {
  const engine = await fakeEngine({
    'GET /containers/json': json([]),
    'GET /images/json': json([]),
    'POST /images/create': (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`${JSON.stringify({ status: 'Pulling fs layer', id: 'a1b2c3' })}\n`);
    },
  });
  const bot = await wholeBot({
    hosts: { 'web-1': { url: `unix://${engine.socketPath}` }, 'web-2': { url: 'unix:///nowhere' } },
    roles: { releaser: { commands: ['pull', 'stats'] } },
    images: { allow: ['docker.io/**'] },
    approvals: [],
    services: {},
  });
  onTestFinished(async () => {
    await bot[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  });
  return {
    ...bot,
    /** Types a line; its live message, once it is stored where that is. */
    async live(text: string) {
      await bot.slack.type({ ...DEV, text });
      const message = await bot.slack.waitFor(hasStop, seen);
      const store = await bot.store();
      const places = async () => (await store.deliveries.unanswered()).map(({ asked }) => (asked as Asked).live?.ts);
      await expect.poll(places, { timeout: 20_000 }).toEqual([message.ts]);
      await store.close();
      return message;
    },
  };
}

it.each([
  ['a pull', '/pull docker.io/library/shop:1 @web-1', 'during `/pull'],
  ['what is followed', '/stats shop -f --share @web-2', 'before it answered `/stats'],
])('the message of %s loses its Stop when its process was killed', { timeout: 90_000 }, async (_, text, words) => {
  const { slack, ...it } = await liveBot();
  const live = await it.live(text);
  await it.kill();
  await it.start();

  const told = await slack.waitFor((message) => message.ts === live.ts && !hasStop(message), seen);
  expect(told.text).toContain(`Fairlead was stopped ${words}`);
  expect(slack.messages(seen).filter(hasStop)).toEqual([]);
});

it('Stop on a message that Slack did not let be changed says that its process has ended', {
  timeout: 90_000,
}, async () => {
  const { slack, ...it } = await liveBot();
  const live = await it.live('/pull docker.io/library/shop:1 @web-1');
  await it.kill();
  slack.faults.during({ method: 'chat.update', error: 'edit_window_closed' });
  await it.start();

  await slack.click({ person: DEV.person, message: live, label: 'Stop' });
  await slack.waitFor(({ text }) => text.includes('the process that did it has ended'), seen);
});
