import { RespondError, type RespondFn } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { createManualClock, type LocalSlack, type SlackOptions } from '../../playground/server/index.ts';
import { bare, bench, clientOf, codeOf, DEV, go, OPS, STAGING } from './app.ts';

/** An app that gives out its `respond` for the last command or click. */
async function responder(options: SlackOptions = {}) {
  const got: RespondFn[] = [];
  const it = await bench(
    'http',
    (app) => {
      app.command('/x', async ({ ack, respond }) => {
        got.push(respond);
        await ack();
      });
      app.action('go', async ({ ack, respond }) => {
        got.push(respond);
        await ack();
      });
    },
    options,
  );
  const say = (message: Parameters<RespondFn>[0], which = -1) =>
    (got.at(which) as RespondFn)(message).then(
      () => 200,
      (error: unknown) => (error instanceof RespondError ? error.statusCode : String(error)),
    );
  const last = () => it.slack.requests.at(-1)?.response;
  return { ...it, say, last, got, type: () => it.slack.type({ person: DEV, channel: STAGING, text: '/x' }) };
}

// Bolt checks the signature's time against its own clock, so the clock starts now.
const now = () => createManualClock();

describe('a response_url', () => {
  it('works five times', async () => {
    await using it = await responder();
    await it.type();
    for (let count = 1; count <= 5; count += 1) expect(await it.say(`${count}`)).toBe(200);
    expect(await it.say('6')).toBe(404);
    expect(it.last()).toEqual({ ok: false, error: 'used_url' });
    expect(it.slack.messages({ channel: STAGING, as: DEV }).map((message) => message.text)).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
    ]);
  });

  it('works for thirty minutes', async () => {
    const clock = now();
    await using it = await responder({ clock });
    await it.type();
    clock.advance(30 * 60_000);
    expect(await it.say('in time')).toBe(200);
    clock.advance(1);
    expect(await it.say('late')).toBe(404);
    expect(it.last()).toEqual({ ok: false, error: 'expired_url' });
  });

  it('is ephemeral unless told, and checks what it is given', async () => {
    await using it = await responder();
    await it.type();
    await it.say('mine');
    await it.say({ text: 'ours', response_type: 'in_channel' });
    expect(it.slack.messages({ channel: STAGING, as: OPS })).toMatchObject([{ text: 'ours', ephemeral: false }]);
    expect(await it.say({ text: 'x', blocks: [{ type: 'nope' }] } as never)).toBe(400);
    expect(it.last()).toEqual({ ok: false, error: 'invalid_blocks' });
    expect(await it.say({ text: '' })).toBe(400);
    expect(it.last()).toEqual({ ok: false, error: 'no_text' });
  });

  it('replaces and deletes the message that was clicked, ephemeral ones too', async () => {
    await using it = await responder();
    await it.client.chat.postMessage({ channel: STAGING, text: 'all', blocks: [go('all')] });
    await it.client.chat.postEphemeral({ channel: STAGING, user: DEV, text: 'one', blocks: [go('one')] });
    const seen = () =>
      it.slack.messages({ channel: STAGING, as: DEV }).map(({ text, ephemeral, edited }) => [text, ephemeral, edited]);

    await it.slack.click({ person: DEV, channel: STAGING, value: 'one' });
    await it.say({ text: 'one, done', replace_original: true });
    await it.slack.click({ person: OPS, channel: STAGING, value: 'all' });
    await it.say({ text: 'aside', replace_original: false });
    expect(seen()).toEqual([
      ['all', false, 0],
      ['one, done', true, 1],
    ]);
    expect(it.slack.messages({ channel: STAGING, as: OPS }).at(-1)).toMatchObject({ text: 'aside', ephemeral: true });
    await it.say({ text: 'all, done', replace_original: true });
    expect(seen()[0]).toEqual(['all, done', false, 1]);
    await it.say({ delete_original: true });
    expect(seen()).toEqual([['one, done', true, 1]]);
    expect(await it.say({ text: 'gone', replace_original: true })).toBe(404);
  });

  it('puts an answer to a click in the thread, and one to a command never', async () => {
    await using it = await responder();
    const { ts = '' } = await it.client.chat.postMessage({ channel: STAGING, text: 'root', blocks: [go()] });
    await it.slack.click({ person: DEV, channel: STAGING, actionId: 'go' });
    await it.say({ text: 'a', replace_original: false, thread_ts: ts });
    await it.type();
    await it.say({ text: 'b', thread_ts: ts });
    expect(it.slack.messages({ channel: STAGING, as: DEV }).map((message) => message.threadTs)).toEqual([
      undefined,
      ts,
      undefined,
    ]);
  });
});

describe('faults', () => {
  const post = (slack: LocalSlack) => codeOf(clientOf(slack).chat.postMessage({ channel: STAGING, text: 'x' }));

  it.each([
    ['invalid_blocks', 'chat.postMessage'],
    ['not_in_channel', 'chat.postMessage'],
    ['plan_upgrade_required', 'usergroups.users.list'],
  ])('%s, as often as asked', async (error, method) => {
    await using it = await bare();
    it.slack.faults.next({ method, error, times: 2 });
    const call = () => codeOf(it.client.apiCall(method, { channel: STAGING, text: 'x', usergroup: 'S0ONCALL' }));
    expect([await call(), await call(), await call()]).toEqual([error, error, 'ok']);
    expect(it.slack.requests.map((one) => [one.method, one.status, one.response['error']])).toEqual([
      [method, 200, error],
      [method, 200, error],
      [method, 200, undefined],
    ]);
  });

  it('429 with Retry-After, and 5xx', async () => {
    await using it = await bare();
    it.slack.faults.next({ method: 'chat.postMessage', retryAfterSeconds: 7 });
    await expect(it.client.chat.postMessage({ channel: STAGING, text: 'x' })).rejects.toMatchObject({ retryAfter: 7 });
    it.slack.faults.next({ method: 'chat.postMessage', status: 503 });
    await expect(it.client.chat.postMessage({ channel: STAGING, text: 'x' })).rejects.toMatchObject({
      statusCode: 503,
    });
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toEqual([]);
  });

  it('of every call for a while, until it is over', async () => {
    await using it = await bare();
    const over = it.slack.faults.during({ method: '*', status: 500 });
    for (let call = 0; call < 3; call += 1) expect(await post(it.slack)).not.toBe('ok');
    expect(await codeOf(it.client.apiCall('auth.test'))).not.toBe('ok');
    over();
    expect(await post(it.slack)).toBe('ok');
    over();
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toHaveLength(1);
  });

  it('latency', async () => {
    const clock = now();
    await using it = await bare({ clock });
    it.slack.faults.next({ method: 'chat.postMessage', latencyMs: 5000 });
    const posted = post(it.slack);
    await clock.scheduled(5000);
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toEqual([]);
    clock.advance(5000);
    expect(await posted).toBe('ok');
  });

  it('a cut connection: before the work, or after it', async () => {
    await using it = await bare();
    it.slack.faults.next({ method: 'chat.postMessage', drop: true });
    expect(await post(it.slack)).not.toBe('ok');
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toHaveLength(0);
    it.slack.faults.next({ method: 'chat.postMessage', drop: 'answer' });
    expect(await post(it.slack)).not.toBe('ok');
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toHaveLength(1);
  });

  it('an expired response_url', async () => {
    await using it = await responder();
    await it.type();
    it.slack.faults.next({ method: 'respond', error: 'expired_url' });
    expect([await it.say('a'), await it.say('b')]).toEqual([404, 200]);
  });

  it('a click that arrives twice', async () => {
    await using it = await responder();
    await it.client.chat.postMessage({ channel: STAGING, text: 'x', blocks: [go()] });
    it.slack.faults.next({ method: 'click' });
    await it.slack.click({ person: DEV, channel: STAGING, actionId: 'go' });
    expect(it.got).toHaveLength(2);
    await it.slack.click({ person: DEV, channel: STAGING, actionId: 'go', times: 3 });
    expect(it.got).toHaveLength(5);
  });

  it('a connection that Slack moves away with the next envelope', async () => {
    const clock = now();
    await using it = await bench('socket', (app) => app.command('/x', ({ ack }) => ack()), {
      clock,
      pingTimeoutMs: 500,
    });
    it.slack.faults.next({ method: 'ws', error: 'refresh_requested' });
    const typed = it.slack.type({ person: DEV, channel: STAGING, text: '/x' });
    clock.advance(3000);
    expect(await typed).toMatchObject({ ok: false, error: 'operation_timeout' });
    await it.slack.connected();
    expect(await it.slack.type({ person: DEV, channel: STAGING, text: '/x' })).toMatchObject({ ok: true });
  });
});

describe('the control surface', () => {
  const act = async (slack: LocalSlack, name: string, body: object = {}, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${slack.url}/_control/${name}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'x-session': slack.tokens.session, ...headers },
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it('does over HTTP what the object does', async () => {
    await using it = await bench('socket', (app) => {
      app.command('/ask', async ({ ack, client, command }) => {
        await ack();
        await client.chat.postMessage({ channel: command.channel_id, text: 'May I?', blocks: [go('yes')] });
      });
      app.action('go', async ({ ack, respond }) => {
        await ack();
        await respond({ text: 'Done.', replace_original: true });
      });
    });
    const where = { channel: STAGING, as: DEV };

    expect((await act(it.slack, 'type', { person: DEV, channel: STAGING, text: '/ask' })).body).toMatchObject({
      ok: true,
    });
    const asked = await act(it.slack, 'waitFor', { ...where, contains: ['May I?'] });
    expect((await act(it.slack, 'click', { person: OPS, message: asked.body, label: 'Go' })).body).toMatchObject({
      ok: true,
    });
    await act(it.slack, 'waitFor', { ...where, contains: ['Done.'] });
    expect((await act(it.slack, 'messages', where)).body).toMatchObject([{ text: 'Done.', edited: 1 }]);
    await act(it.slack, 'faults', { method: 'auth.test', error: 'fatal_error' });
    expect(await codeOf(it.client.auth.test())).toBe('fatal_error');
    const requests = (await act(it.slack, 'requests')).body as unknown as { method: string }[];
    expect(requests.map((one) => one.method)).toEqual(
      expect.arrayContaining(['apps.connections.open', 'chat.postMessage', 'respond']),
    );
  });

  it('says what is impossible, and keeps strangers out', async () => {
    await using it = await bare();
    expect(await act(it.slack, 'nope')).toMatchObject({ status: 404 });
    expect(await act(it.slack, 'click', { person: DEV, channel: STAGING, label: 'Go' })).toEqual({
      status: 400,
      body: { error: 'U0DEV1 sees no button "Go" there.' },
    });
    const typed = { person: DEV, channel: STAGING, text: 'hi' };
    expect(await act(it.slack, 'type', typed, { origin: 'https://evil.test' })).toMatchObject({ status: 403 });
    expect(await act(it.slack, 'type', typed, { origin: 'http://localhost:5173' })).toMatchObject({ status: 403 });
    expect(await act(it.slack, 'type', typed, { 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 });
    expect(await act(it.slack, 'type', typed, { origin: it.slack.url })).toMatchObject({ status: 200 });
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toHaveLength(1);
  });

  it('streams changes', async () => {
    await using it = await bare();
    const answer = await fetch(`${it.slack.url}/_control/changes?session=${it.slack.tokens.session}`);
    const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    await reader.read();
    await it.slack.type({ person: DEV, channel: STAGING, text: 'hi' });
    const { value } = await reader.read();
    expect(JSON.parse((value ?? '').replace('data: ', ''))).toMatchObject({
      kind: 'posted',
      message: { text: 'hi', author: DEV },
    });
    await reader.cancel();
  });

  it('gives up waiting, with what there was', async () => {
    await using it = await bare();
    await it.slack.type({ person: DEV, channel: STAGING, text: 'something else' });
    await expect(it.slack.waitFor((message) => message.text === 'x', { timeoutMs: 1 })).rejects.toThrow(
      'something else',
    );
  });
});
