import { expect, it, vi } from 'vitest';
import { type LocalSlack, startSlack } from '../../playground/server/index.ts';
import { section } from '../../src/slack/block-kit/message.ts';
import { createSlackApi, type SlackApi } from '../../src/slack/client/client.ts';
import { clientOptions } from '../../src/slack/client/client-options.ts';
import { createLanes } from '../../src/slack/client/lanes.ts';
import { startLive } from '../../src/slack/reply/live-message.ts';
import { createLivePace } from '../../src/slack/reply/live-pace.ts';
import { createLog } from '../../src/telemetry.ts';

const STAGING = 'C0STAGING';
const PROD = 'C0PROD';

interface Bench extends AsyncDisposable {
  readonly slack: LocalSlack;
  readonly api: SlackApi;
  post(channel: string): Promise<{ readonly channel: string; readonly ts: string }>;
  /** Calls of a method that Slack has answered, with the status of each. */
  statuses(method: string): number[];
}

async function bench(): Promise<Bench> {
  const slack = await startSlack();
  const api = createSlackApi(slack.tokens.bot, clientOptions(slack.apiUrl));
  return {
    slack,
    api,
    async post(channel) {
      const { ts } = await api.client.chat.postMessage({ channel, text: 'first' });
      return { channel, ts: ts as string };
    },
    statuses: (method) => slack.requests.filter((one) => one.method === method).map(({ status }) => status),
    [Symbol.asyncDispose]: () => slack.stop(),
  };
}

it('a 429 holds back calls of its method in its channel, and nothing else', async () => {
  await using it = await bench();
  const [staging, prod] = [await it.post(STAGING), await it.post(PROD)];
  it.slack.faults.next({ method: 'chat.update', retryAfterSeconds: 1 });
  const order: string[] = [];
  const held = it.api.client.chat.update({ ...staging, text: 'held' }).then(() => order.push('held'));
  await vi.waitFor(() => expect(it.statuses('chat.update')).toEqual([429]));

  await it.api.client.chat.update({ ...prod, text: 'elsewhere' }).then(() => order.push('update elsewhere'));
  await it.post(STAGING).then(() => order.push('post'));
  await it.api.client.usergroups.users.list({ usergroup: 'S0ONCALL' }).then(() => order.push('read'));
  await held;

  expect(order).toEqual(['update elsewhere', 'post', 'read', 'held']);
});

it('what waited for a held method goes in order, without being refused once more', async () => {
  await using it = await bench();
  const { channel } = await it.post(STAGING);
  it.slack.faults.next({ method: 'chat.postMessage', retryAfterSeconds: 2 });
  const first = it.api.client.chat.postMessage({ channel, text: 'one' });
  await vi.waitFor(() => expect(it.statuses('chat.postMessage')).toEqual([200, 429]));
  const rest = ['two', 'three'].map((text) => it.api.client.chat.postMessage({ channel, text }));
  await Promise.all([first, ...rest]);

  expect(it.statuses('chat.postMessage')).toEqual([200, 429, 200, 200, 200]);
  const texts = it.slack.messages({ channel, as: 'U0DEV1' }).map(({ text }) => text);
  expect(texts).toEqual(['first', 'one', 'two', 'three']);
});

it('a call that may not wait is rejected at once, and the next one is not even sent', async () => {
  await using it = await bench();
  it.slack.faults.next({ method: 'views.open', retryAfterSeconds: 30 });
  const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'T' }, blocks: [section('x')] };
  const open = () => it.api.client.views.open({ trigger_id: '1', view });
  await expect(open()).rejects.toThrow('views.open');
  await expect(open()).rejects.toThrow('views.open');
  expect(it.statuses('views.open')).toEqual([429]);
});

it('a hold that is longer than a call may wait refuses those that wait already', async () => {
  const lanes = createLanes();
  const lane = { method: 'chat.update', channel: STAGING };
  lanes.refused(lane, 1000);
  const waits = lanes.enter(lane, 5000);
  lanes.refused(lane, 60_000);
  await expect(waits).rejects.toThrow('60 s');
});

async function live(it: Bench, channel: string) {
  const log = createLog('silent');
  const shape = (message: { readonly text: string }) => ({ text: message.text });
  const started = await startLive(
    it.api,
    { channel, thread: undefined },
    { text: 'first', blocks: [] },
    {
      log,
      shape,
      bare: shape,
    },
  );
  if (!started) throw new Error('It was not posted.');
  return started;
}

const state = (text: string) => ({ text, blocks: [] });

it('of the states of a live message the newest is shown, and the last one at once', async () => {
  await using it = await bench();
  const message = await live(it, STAGING);
  for (let count = 1; count < 10; count += 1) message.update(state(`state ${count}`));
  await it.slack.waitFor(({ text }) => text === 'state 9', { channel: STAGING, as: 'U0DEV1' });
  message.update(state('never shown'));

  expect(await message.finish(state('over'))).toBe(true);
  message.update(state('too late'));

  const sent = it.slack.requests.filter(({ method }) => method === 'chat.update').map(({ body }) => body['text']);
  expect(sent).toEqual(['state 9', 'over']);
});

it('the last state of a live message waits for an older one that is under way', async () => {
  await using it = await bench();
  const message = await live(it, STAGING);
  it.slack.faults.next({ method: 'chat.update', latencyMs: 400 });
  message.update(state('slow'));
  await new Promise((resolve) => setImmediate(resolve));
  await message.finish(state('over'));
  expect(it.slack.messages({ channel: STAGING, as: 'U0DEV1' }).map(({ text }) => text)).toEqual(['over']);
});

it('live messages give way while Slack refuses updates, and show the newest state afterwards', async () => {
  await using it = await bench();
  const card = await it.post(PROD);
  const message = await live(it, STAGING);
  it.slack.faults.next({ method: 'chat.update', retryAfterSeconds: 1 });
  message.update(state('refused'));
  await vi.waitFor(() => expect(it.statuses('chat.update')).toEqual([429]));
  message.update(state('newest'));
  await it.api.client.chat.update({ ...card, text: 'the card' });
  await it.slack.waitFor(({ text }) => text === 'newest', { channel: STAGING, as: 'U0DEV1' });

  const sent = it.slack.requests.filter(({ method }) => method === 'chat.update').map(({ body }) => body['text']);
  expect(sent).toEqual(['refused', 'the card', 'newest']);
});

it('all live messages share one pace, in turns between channels', async () => {
  const pace = createLivePace({ heldMs: () => 0 }, 30);
  const { signal } = new AbortController();
  const order: string[] = [];
  const started = performance.now();
  const turn = (channel: string) => pace.turn(channel, signal).then(() => order.push(channel));
  await Promise.all([turn('D1'), turn('D1'), turn('D1'), turn('D2')]);
  expect(order).toEqual(['D1', 'D2', 'D1', 'D1']);
  expect(performance.now() - started).toBeGreaterThanOrEqual(85);
});

it('live messages leave cards their part of what Slack takes in a minute', async () => {
  const pace = createLivePace({ heldMs: () => 0 }, 1);
  for (let count = 0; count < 40; count += 1) pace.count();
  const isTurn = vi.fn();
  void pace.turn('D1', new AbortController().signal).then(isTurn);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isTurn).not.toHaveBeenCalled();
});
