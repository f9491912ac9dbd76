import { expect, it, vi } from 'vitest';
import type { Fault } from '../../playground/server/faults.ts';
import { startSlack } from '../../playground/server/index.ts';
import { chartOf } from '../../src/slack/block-kit/charts.ts';
import { section } from '../../src/slack/block-kit/message.ts';
import { createSlackApi } from '../../src/slack/client/client.ts';
import { clientOptions } from '../../src/slack/client/client-options.ts';
import { createResponder } from '../../src/slack/reply/responder.ts';
import { createLog } from '../../src/telemetry.ts';

const message = { text: 'Three images', blocks: [section('Three images')] };
const delivery = { inChannel: false, replace: false, refused: false, request: undefined };

it('an answer whose acknowledgement Slack did not take goes another way', async () => {
  const respond = vi.fn(async () => ({}) as never);
  const responder = createResponder({
    api: async () => createSlackApi('xoxb-nobody', clientOptions('http://127.0.0.1:1/api/')),
    place: { person: 'U0DEV1', channel: 'C0STAGING' },
    prefix: '',
    log: createLog('silent'),
    // As when the socket closes while the answer is being found.
    ack: () => Promise.reject(new Error('The connection is not open')),
    ackCarries: 'answer',
    respond,
  });

  await responder.answer(message, delivery);

  expect(respond).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ text: 'Three images', response_type: 'ephemeral' }),
  );
});

it('"Working on it" is on record before it is said, unless that takes long', async () => {
  const events: string[] = [];
  const working = (recorded: Promise<void>) => {
    const responder = createResponder({
      api: async () => createSlackApi('xoxb-nobody', clientOptions('http://127.0.0.1:1/api/')),
      place: { person: 'U0DEV1', channel: 'C0STAGING' },
      prefix: '',
      log: createLog('silent'),
      ack: async () => void events.push('said'),
      ackCarries: 'answer',
      respond: undefined,
      waits: () => recorded,
    });
    return responder.working('private');
  };
  const recorded = Promise.withResolvers<void>();
  const saying = working(recorded.promise);
  setImmediate(() => {
    events.push('recorded');
    recorded.resolve();
  });

  await saying;
  expect(events).toEqual(['recorded', 'said']);
  await working(new Promise(() => {}));
  expect(events).toEqual(['recorded', 'said', 'said']);
});

it.each<Omit<Fault, 'method'>>([
  { latencyMs: 4000 },
  { error: 'expired_trigger_id' },
  { error: 'exchanged_trigger_id' },
  { error: 'invalid_arguments' },
  { status: 429, retryAfterSeconds: 30 },
])('a form that fails with %j is said in words, and delays no acknowledgement', async (fault) => {
  const slack = await startSlack();
  try {
    slack.faults.during({ method: 'views.open', ...fault });
    const ack = vi.fn(async () => {});
    const responder = createResponder({
      api: async () => createSlackApi(slack.tokens.bot, clientOptions(slack.apiUrl)),
      place: { person: 'U0DEV1', channel: 'C0STAGING' },
      prefix: '',
      log: createLog('silent'),
      ack,
      ackCarries: 'answer',
      respond: undefined,
      trigger: { id: 'trigger', until: performance.now() + 2500 },
    });
    const started = performance.now();
    const opening = responder.open({ type: 'modal', title: { type: 'plain_text', text: 'Deploy' }, blocks: [] });
    await vi.waitFor(() => expect(ack).toHaveBeenCalledOnce(), { timeout: 500 });
    expect(await opening).toBe(false);
    expect(performance.now() - started).toBeLessThan(2900);
  } finally {
    await slack.stop();
  }
});

const charted = {
  ...message,
  charts: [chartOf('bar', 'Memory', { categories: ['shop', 'db'], unit: 'MiB' }, [{ name: 'MiB', values: [1, 2] }])],
};
const CHART = expect.objectContaining({ type: 'data_visualization' });

it('a message whose charts Slack refuses is sent again without them, its blocks as they were', async () => {
  const sent: { readonly blocks?: readonly object[] }[] = [];
  const acked: unknown[] = [];
  const responder = createResponder({
    api: async () => createSlackApi('xoxb-nobody', clientOptions('http://127.0.0.1:1/api/')),
    place: { person: 'U0DEV1', channel: 'C0STAGING' },
    prefix: '',
    log: createLog('silent'),
    // Slack does not say what it refuses of an acknowledgement.
    ack: async (payload) => void acked.push(payload),
    ackCarries: 'answer',
    respond: async (payload) => {
      sent.push(payload as (typeof sent)[number]);
      if (sent.length === 1) throw new Error('invalid_blocks');
      return {} as never;
    },
  });

  await responder.answer(charted, delivery);

  expect(sent.map(({ blocks }) => blocks)).toEqual([[...charted.blocks, CHART], charted.blocks]);
  expect(acked).toEqual([undefined]);
});

it('charts that Slack refused of a live message are not tried at every turn', async () => {
  const slack = await startSlack();
  try {
    const responder = createResponder({
      api: async () => createSlackApi(slack.tokens.bot, clientOptions(slack.apiUrl)),
      place: { person: 'U0DEV1', channel: 'C0STAGING' },
      prefix: '',
      log: createLog('silent'),
      ack: async () => {},
      ackCarries: 'answer',
      respond: undefined,
    });
    const shown = () => JSON.stringify(slack.messages({ channel: 'C0STAGING', as: 'U0DEV1' })[0]?.blocks);
    const live = await responder.startLive(charted, 'channel');
    expect(shown()).toContain('data_visualization');
    slack.faults.next({ method: 'chat.update', error: 'invalid_blocks' });

    live?.update({ ...charted, blocks: [section('Four images')] });
    await vi.waitFor(() => expect(shown()).toContain('Four images'), { timeout: 10_000 });
    expect(shown()).not.toContain('data_visualization');
    live?.update({ ...charted, blocks: [section('Five images')] });
    await vi.waitFor(() => expect(shown()).toContain('Five images'), { timeout: 10_000 });
    expect(shown()).not.toContain('data_visualization');
  } finally {
    await slack.stop();
  }
});
