import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { sign } from '../../playground/server/http-delivery.ts';
import { createManualClock, type LocalSlack, SIGNING_SECRET } from '../../playground/server/index.ts';
import { bare, bench, clientOf, connect, DEV, go, STAGING, signal } from './app.ts';

const LONG_AGO = 1_700_000_000_000;

/** A Socket Mode connection of our own, for what a Bolt app hides. */
async function dial(
  slack: LocalSlack,
): Promise<{ socket: WebSocket; frames: Record<string, unknown>[]; next(): Promise<Record<string, unknown>> }> {
  const { url } = await clientOf(slack, 'xapp-local').apps.connections.open({});
  const socket = new WebSocket(url ?? '');
  const frames: Record<string, unknown>[] = [];
  const waiting: ((frame: Record<string, unknown>) => void)[] = [];
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Record<string, unknown>;
    frames.push(frame);
    waiting.shift()?.(frame);
  });
  const next = () => new Promise<Record<string, unknown>>((resolve) => waiting.push(resolve));
  await next();
  return { socket, frames, next };
}

describe('Socket Mode', () => {
  it('greets, and gives each envelope to exactly one connection, in turn', async () => {
    await using it = await bare();
    const [one, two] = [await dial(it.slack), await dial(it.slack)];
    expect(two.frames[0]).toMatchObject({
      type: 'hello',
      num_connections: 2,
      connection_info: { app_id: 'A0FAIRLEAD' },
    });
    for (const { socket } of [one, two])
      socket.on('message', (data) => {
        const { envelope_id } = JSON.parse(String(data)) as { envelope_id: string };
        socket.send(JSON.stringify({ envelope_id }));
      });

    for (const text of ['/a', '/b', '/c', '/d']) await it.slack.type({ person: DEV, channel: STAGING, text });

    const commands = (from: typeof one) =>
      from.frames.slice(1).map((frame) => (frame['payload'] as { command: string }).command);
    expect(commands(one)).toEqual(['/a', '/c']);
    expect(commands(two)).toEqual(['/b', '/d']);
    expect(one.frames[1]).toMatchObject({
      type: 'slash_commands',
      accepts_response_payload: true,
      envelope_id: expect.any(String),
    });
  });

  it('takes ten connections and sends the eleventh away', async () => {
    await using it = await bare();
    for (let count = 0; count < 10; count += 1) await dial(it.slack);
    expect(it.slack.connections()).toBe(10);

    const { frames } = await dial(it.slack);

    expect(frames).toMatchObject([{ type: 'disconnect', reason: 'too_many_websockets' }]);
    expect(it.slack.connections()).toBe(10);
  });

  it('lets a ticket in once, and not late', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    const open = async () => (await clientOf(it.slack, 'xapp-local').apps.connections.open({})).url ?? '';
    const outcome = (url: string) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url);
        socket.on('open', () => resolve('open')).on('error', (error) => resolve(error.message));
      });
    const url = await open();
    expect(await outcome(url)).toBe('open');
    expect(await outcome(url)).toContain('401');
    const late = await open();
    clock.advance(30_001);
    expect(await outcome(late)).toContain('401');
  });

  it('fails a command after three seconds without an acknowledgement, and Slackbot says so to the person', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    const { next } = await dial(it.slack);
    const delivered = next();

    const typed = it.slack.type({ person: DEV, channel: STAGING, text: '/slow' });
    await delivered;
    clock.advance(2999);
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toEqual([]);
    clock.advance(1);

    expect(await typed).toEqual({ ok: false, ackMs: 3000, error: 'operation_timeout' });
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toMatchObject([
      { author: 'USLACKBOT', ephemeral: true, text: '/slow failed with the error "operation_timeout"' },
    ]);
    expect(it.slack.messages({ channel: STAGING, as: 'U0OPS1' })).toEqual([]);
  });

  it('fails a command at once when nothing is connected', async () => {
    await using it = await bare();
    const typed = await it.slack.type({ person: DEV, channel: STAGING, text: '/ps' });
    expect(typed).toMatchObject({ ok: false, error: 'dispatch_failed' });
  });

  it('a Bolt app comes back after Slack moved its connection', async () => {
    await using it = await bench('socket', (app) => app.command('/ps', ({ ack }) => ack('here')));

    it.slack.disconnect();
    expect(it.slack.connections()).toBe(0);
    await it.slack.connected();

    expect(await it.slack.type({ person: DEV, channel: STAGING, text: '/ps' })).toMatchObject({ ok: true });
  });

  it('loses an envelope with a dropped socket', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    const { socket, frames } = await dial(it.slack);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    it.slack.faults.next({ method: 'ws', drop: true });

    const typed = it.slack.type({ person: DEV, channel: STAGING, text: '/ps' });
    await closed;
    clock.advance(3000);

    expect(await typed).toMatchObject({ ok: false, error: 'operation_timeout' });
    expect(frames).toHaveLength(1);
  });

  it('splits work between two apps with one token', async () => {
    const seen: string[] = [];
    await using it = await bench('socket', (app) =>
      app.command('/ps', async ({ ack }) => {
        seen.push('first');
        await ack();
      }),
    );
    const stop = await connect(it.slack, 'socket', (app) =>
      app.command('/ps', async ({ ack }) => {
        seen.push('second');
        await ack();
      }),
    );
    expect(it.slack.connections()).toBe(2);

    for (let count = 0; count < 4; count += 1) await it.slack.type({ person: DEV, channel: STAGING, text: '/ps' });

    expect(seen.toSorted()).toEqual(['first', 'first', 'second', 'second']);
    await stop();
  });

  it('sends an event again that was not acknowledged: at once, after a minute, after five', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    const { next } = await dial(it.slack);
    const attempts: unknown[] = [];
    const posted = it.slack.type({ person: DEV, channel: STAGING, text: '@fairlead hi' });
    attempts.push((await next())['retry_attempt']);
    for (const wait of [0, 60_000, 300_000]) {
      const frame = next();
      clock.advance(3000);
      await clock.scheduled(wait);
      clock.advance(wait);
      attempts.push((await frame)['retry_attempt']);
    }
    expect(attempts).toEqual([undefined, 1, 2, 3]);
    expect(await posted).toMatchObject({ ok: false, error: 'operation_timeout' });
  });
});

interface Received {
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** An endpoint that answers as it is told, and remembers. */
async function endpoint(
  answer: (count: number) => { status: number; headers?: Record<string, string>; body?: string } | undefined,
) {
  const received: Received[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      const { status, headers, body: said } = answer(received.length) ?? {};
      if (status !== undefined) response.writeHead(status, headers ?? {}).end(said ?? '');
      for (const wake of waiting.splice(0)) wake();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    async count(wanted: number) {
      while (received.length < wanted) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

describe('signed HTTP', () => {
  it("signs the body, with Slack's exact content type", async () => {
    await using it = await bare({ clock: createManualClock(LONG_AGO) });
    await using target = await endpoint(() => ({ status: 200 }));
    it.slack.setRequestUrl(target.url);

    await it.slack.type({ person: DEV, channel: STAGING, text: '/ps ü' });

    const { headers, body } = target.received[0] as Received;
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(headers['x-slack-request-timestamp']).toBe(String(LONG_AGO / 1000));
    expect(headers['x-slack-signature']).toBe(sign(SIGNING_SECRET, String(LONG_AGO / 1000), body));
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({ command: '/ps', text: 'ü' });
  });

  it('is refused by a Bolt app when it was signed long ago', async () => {
    await using it = await bench('http', (app) => app.command('/ps', ({ ack }) => ack('hi')), {
      clock: createManualClock(LONG_AGO),
    });
    const typed = await it.slack.type({ person: DEV, channel: STAGING, text: '/ps' });
    expect(typed).toMatchObject({ ok: false, error: 'dispatch_failed' });
  });

  it('fails a command on any status but 200, without a second try', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    await using target = await endpoint(() => ({ status: 500 }));
    it.slack.setRequestUrl(target.url);

    expect(await it.slack.type({ person: DEV, channel: STAGING, text: '/ps' })).toMatchObject({
      error: 'dispatch_failed',
    });
    clock.advance(0);
    await it.client.chat.postMessage({ channel: STAGING, text: 'x', blocks: [go()] });
    expect(await it.slack.click({ person: DEV, channel: STAGING, actionId: 'go' })).toMatchObject({
      error: 'dispatch_failed',
    });
    clock.advance(0);

    expect(target.received).toHaveLength(2);
    expect(it.slack.messages({ channel: STAGING, as: DEV })[0]?.text).toBe(
      '/ps failed with the error "dispatch_failed"',
    );
  });

  it('times out after three seconds', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    await using target = await endpoint(() => undefined);
    it.slack.setRequestUrl(target.url);

    const typed = it.slack.type({ person: DEV, channel: STAGING, text: '/ps' });
    await target.count(1);
    clock.advance(3000);

    expect(await typed).toEqual({ ok: false, ackMs: 3000, error: 'operation_timeout' });
  });

  it('sends an event again with the retry headers, at most three times', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    await using target = await endpoint(() => ({ status: 503 }));
    it.slack.setRequestUrl(target.url);
    await it.slack.type({ person: DEV, channel: STAGING, text: '@fairlead hi' });
    for (const [attempt, wait] of [0, 60_000, 300_000].entries()) {
      await clock.scheduled(wait);
      clock.advance(wait);
      await target.count(attempt + 2);
    }
    // The last attempt has been answered when the next delivery has.
    await it.slack.type({ person: DEV, channel: STAGING, text: '/next' });
    clock.advance(900_000);
    await it.slack.type({ person: DEV, channel: STAGING, text: '/last' });

    expect(
      target.received.slice(0, 4).map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]),
    ).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_error'],
      ['3', 'http_error'],
    ]);
    expect(target.received).toHaveLength(6);
    expect(target.received[5]?.body).toContain('command=%2Flast');
    const ids = target.received.slice(0, 4).map(({ body }) => (JSON.parse(body) as { event_id: string }).event_id);
    expect(new Set(ids).size).toBe(1);
  });

  it('does not send an event again when the app says so', async () => {
    const clock = createManualClock();
    await using it = await bare({ clock });
    await using target = await endpoint(() => ({ status: 500, headers: { 'x-slack-no-retry': '1' } }));
    it.slack.setRequestUrl(target.url);

    await it.slack.type({ person: DEV, channel: STAGING, text: '@fairlead hi' });
    // The first retry would be due at once.
    clock.advance(0);
    await it.slack.type({ person: DEV, channel: STAGING, text: '/last' });

    expect(target.received).toHaveLength(2);
  });
});

describe('commands', () => {
  it('are only known when they are installed', async () => {
    const called = signal<string>();
    await using it = await bench(
      'socket',
      (app) =>
        app.command(/.*/u, async ({ ack, command }) => {
          called.resolve(command.command);
          await ack();
        }),
      { commands: ['/ps'] },
    );

    const typed = await it.slack.type({ person: DEV, channel: STAGING, text: '/foo bar' });
    await it.slack.type({ person: DEV, channel: STAGING, text: '/ps' });

    expect(typed).toMatchObject({ ok: false, error: 'invalid_command' });
    expect(it.slack.messages({ channel: STAGING, as: DEV })).toMatchObject([
      { author: 'USLACKBOT', text: '/foo is not a valid command.' },
    ]);
    expect(await called.promise).toBe('/ps');
  });

  it('do not work in threads', async () => {
    await using it = await bench('socket', (app) => app.command('/ps', ({ ack }) => ack('hi')));
    const { ts } = await it.slack.type({ person: DEV, channel: STAGING, text: 'root' });
    const typed = await it.slack.type({ person: DEV, channel: STAGING, text: '/ps', threadTs: ts });
    expect(typed).toMatchObject({ ok: false, error: 'not_supported_in_threads' });
  });

  it('are shown to the channel when the answer is for the channel', async () => {
    await using it = await bench('socket', (app) =>
      app.command('/ps', ({ ack }) => ack({ text: 'all', response_type: 'in_channel' })),
    );
    await it.slack.type({ person: DEV, channel: STAGING, text: '/ps -a' });
    expect(it.slack.messages({ channel: STAGING, as: 'U0OPS1' })).toMatchObject([
      { author: DEV, text: '/ps -a' },
      { author: 'U0FAIRLEAD', text: 'all', ephemeral: false },
    ]);
  });
});
