import { expect, it, onTestFinished } from 'vitest';
import { buttonsOf, type Message } from '../../playground/server/index.ts';
import { fakeEngine, json } from '../docker/fake-engine.ts';
import { wholeBot } from './whole-bot.ts';

const CHANNEL = 'C0STAGING';
const seen = { channel: CHANNEL, as: 'U0DEV1', timeoutMs: 30_000 };
const IMAGE = {
  Id: `sha256:${'1'.repeat(64)}`,
  RepoTags: ['shop:1'],
  RepoDigests: [],
  Created: 1,
  Size: 1,
  Labels: null,
};
const RULE = { commands: ['prune'], hosts: 'web-1', from: ['oncall'] };

const says =
  (...words: string[]) =>
  (message: Message) =>
    words.every((word) => JSON.stringify(message).includes(word));
const labels = ({ blocks }: Message) => buttonsOf(blocks).map(({ text }) => text.text);
const text = ({ blocks }: Message) => JSON.stringify(blocks);

/** A bot whose only host has an unused image; by the time anybody approves, it is gone. */
async function scene(rule: object = {}) {
  const engine = await fakeEngine({
    'GET /containers/json': json([]),
    'GET /images/json': json([IMAGE]),
  });
  const bot = await wholeBot({
    hosts: { 'web-1': { url: `unix://${engine.socketPath}` } },
    roles: { releaser: { commands: ['prune'] } },
    approvals: [{ ...RULE, ...rule }],
    services: {},
  });
  onTestFinished(async () => {
    await bot[Symbol.asyncDispose]();
    await engine[Symbol.asyncDispose]();
  });
  const type = (line: string, person = 'U0DEV1') => bot.slack.type({ person, channel: CHANNEL, text: line });
  return {
    ...bot,
    type,
    /** The message that asks to prune, and its request. */
    async asked() {
      await type('/prune images -a @web-1');
      const message = await bot.slack.waitFor(says('wants to remove', '/dock approve'), seen);
      const [id = ''] = /(?<=\/dock approve )\w+/u.exec(text(message)) ?? [];
      return { message, id };
    },
    /** The message as soon as it has no buttons. */
    closed: ({ ts }: Message) => bot.slack.waitFor((one) => one.ts === ts && labels(one).length === 0, seen),
    /** Whether the message of a request is known. */
    async isKnown(id: string) {
      const store = await bot.store();
      try {
        await expect.poll(() => store.cards.get(id, 'ask')).toBeDefined();
      } finally {
        await store.close();
      }
    },
    notes: () => bot.slack.messages(seen).filter(says('approval expired')),
  };
}

it('a request that expires says so on its message, without buttons, and once in its thread', async () => {
  const it = await scene({ expires: '3s' });
  const { message } = await it.asked();

  const closed = await it.closed(message);
  expect(text(closed)).toMatch(/Expired.*prune images on web-1, requested by <@U0DEV1>.*`\/prune images -a @web-1`/u);
  const note = await it.slack.waitFor(says('approval expired'), seen);
  expect(note.threadTs).toBe(message.ts);
  expect(text(note)).toContain('<@U0DEV1>: approval expired for your request to prune images on web-1');
  expect(labels(note)).toEqual(['Retry']);
});

it('a request that expires while no bot runs is drawn when one is started, and told once', async () => {
  const it = await scene({ expires: '2s' });
  const { message, id } = await it.asked();
  await it.isKnown(id);
  await it.kill();
  await it.start();

  expect(text(await it.closed(message))).toContain('Expired');
  await it.slack.waitFor(says('approval expired'), seen);
  await it.kill();
  await it.start();
  expect(it.notes()).toHaveLength(1);
});

it('a request that expires while Slack takes no updates is drawn when it does', async () => {
  const it = await scene({ expires: '2s' });
  const back = it.slack.faults.during({ method: 'chat.update', error: 'internal_error' });
  const { message } = await it.asked();
  await it.slack.waitFor(says('approval expired'), seen);
  await expect.poll(() => it.slack.requests.filter(({ method }) => method === 'chat.update').length).toBeGreaterThan(0);
  expect(labels(it.slack.messages(seen).find(({ ts }) => ts === message.ts) ?? message)).toEqual(['Approve', 'Reject']);
  back();

  expect(text(await it.closed(message))).toContain('Expired');
});

it.for([
  [
    'rejected',
    'U0OPS1',
    'reject ID --reason "not tonight"',
    /<@U0OPS1> rejected <@U0DEV1>'s request to prune images.*not tonight/u,
  ],
  ['canceled', 'U0DEV1', 'reject ID', /<@U0DEV1> canceled the request to prune images/u],
  ['approved', 'U0OPS1', 'approve ID', /Approved by <@U0OPS1>: prune images on web-1, requested by <@U0DEV1>/u],
] as const)('a request that is %s by a typed line says so on its message', async ([, person, line, words]) => {
  const it = await scene();
  const { message, id } = await it.asked();
  await it.type(`/dock ${line.replace('ID', id)}`, person);

  await it.slack.waitFor((one) => one.ts === message.ts && labels(one).length === 0 && words.test(text(one)), seen);
});

it('a request is asked the way that is left where Slack takes no post, and a late click draws it', async () => {
  const it = await scene({ expires: '2s' });
  const back = it.slack.faults.during({ method: 'chat.postMessage', error: 'not_in_channel' });
  const { message, id } = await it.asked();
  expect(message.onlyFor).toBeUndefined();
  const store = await it.store();
  await expect.poll(async () => (await store.approvals.get(id))?.state, { timeout: 10_000 }).toBe('expired');
  await store.close();
  back();

  await it.slack.click({ person: 'U0OPS1', message, label: 'Approve' });
  expect(text(await it.closed(message))).toContain('Expired');
});

it('an answer by clicks stands on the message, and is not drawn over', async () => {
  const it = await scene();
  const { message, id } = await it.asked();
  await it.slack.click({ person: 'U0OPS1', message, label: 'Approve', times: 2 });
  await it.slack.waitFor(says('already approved'), { ...seen, as: 'U0OPS1' });
  const done = await it.slack.waitFor(says('Removed 0 images'), seen);
  expect(done.ts).toBe(message.ts);
  const store = await it.store();
  await expect.poll(() => store.cards.get(id, 'ask')).toMatchObject({ rendered: 'answered' });
  await store.close();

  expect(it.slack.messages(seen).find(({ ts }) => ts === message.ts)).toEqual(done);
});
