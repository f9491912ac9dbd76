import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createSlackApi } from '../../src/slack/client/client.ts';
import { clientOptions } from '../../src/slack/client/client-options.ts';

/** A client of something before Slack that gives these answers in turn, and then Slack's. */
async function behind(...answers: readonly ((response: ServerResponse) => unknown)[]) {
  let calls = 0;
  const server = createServer((request, response) => {
    request.resume();
    const answer = answers[calls];
    calls += 1;
    if (answer) return answer(response);
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true,"ts":"1.1"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { ...createSlackApi('xoxb-1', clientOptions(`http://127.0.0.1:${port}/api/`)), calls: () => calls };
}

const refused = (retryAfter?: string) => (response: ServerResponse) =>
  response.writeHead(429, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('slow down');

it.each([undefined, '0', 'Sun, 29 Nov 2015 23:00:00 GMT', '-5', 'soon'])(
  'a message that is refused with 429 and Retry-After %s is sent again, and not given up',
  async (retryAfter) => {
    const { client, calls } = await behind(refused(retryAfter));

    expect(await client.chat.postMessage({ channel: 'C0PROD', text: 'x' })).toMatchObject({ ts: '1.1' });
    expect(calls()).toBe(2);
  },
);

const NOW = 'Sun, 29 Nov 2026 22:00:00 GMT';

it('a date until which nothing is taken is waited for, by the clock of the answer', async () => {
  const until = 'Sun, 29 Nov 2026 22:00:02 GMT';
  const { client, calls } = await behind((response) =>
    response.writeHead(429, { date: NOW, 'retry-after': until }).end('slow down'),
  );
  const at = performance.now();

  expect(await client.chat.postMessage({ channel: 'C0PROD', text: 'x' })).toMatchObject({ ts: '1.1' });
  expect(calls()).toBe(2);
  expect(performance.now() - at).toBeGreaterThan(1950);
});

it.each(['4000', '99999999999999999999999', 'Mon, 30 Nov 2026 22:00:00 GMT'])(
  'a method that is refused for longer than a call may wait is not asked again meanwhile: %s',
  async (retryAfter) => {
    const { client, calls } = await behind((response) =>
      response.writeHead(429, { date: NOW, 'retry-after': retryAfter }).end('slow down'),
    );
    const post = () => client.chat.postMessage({ channel: 'C0PROD', text: 'x' });

    await expect(post()).rejects.toThrow('Slack takes no chat.postMessage for another');
    await expect(post()).rejects.toThrow('Slack takes no chat.postMessage for another');
    expect(calls()).toBe(1);
  },
);

it('a page of maintenance is no error code as long as the page', async () => {
  const page = `<html>${'Back soon. '.repeat(10_000)}</html>`;
  const { client } = await behind((response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page));

  const failed = await client.auth.test().catch((error: Error) => error.message);

  expect(failed).toBe('An API error occurred: a web page instead of an answer');
});
