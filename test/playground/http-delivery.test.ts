import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { sign } from '../../playground/server/http-delivery.ts';
import { createManualClock } from '../../playground/server/index.ts';
import { bare, bench, DEV, go, STAGING } from './app.ts';

const LONG_AGO = 1_700_000_000_000;

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
    expect(headers['x-slack-signature']).toBe(sign(it.slack.tokens.signingSecret, String(LONG_AGO / 1000), body));
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
