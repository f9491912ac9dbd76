import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type LocalSlack, type Message, SCOPES } from '../../playground/server/index.ts';
import { wholeBot } from './whole-bot.ts';

const DEV = 'U0DEV1';
const CHANNEL = 'C0STAGING';
const seen = { channel: CHANNEL, as: DEV };
const FILE = `FROM node:22
WORKDIR /app
ENV DB_PASSWORD=kX9-vT2.qLm4w
COPY . .
RUN npm ci
CMD node server.js
`;
const roles = { roles: { releaser: { commands: ['lint', 'ps', 'deploy', 'rollback', 'prune'] } } };
const says =
  (...words: string[]) =>
  ({ text, blocks }: Message) =>
    words.every((word) => `${text}\n${JSON.stringify(blocks)}`.includes(word));

/** The suggestion, which goes to the person's direct messages. */
const suggested = async (slack: LocalSlack) => {
  const { files } = await slack.waitFor(({ files }) => files.some(({ name }) => name === 'Dockerfile.suggested'));
  return files.find(({ name }) => name === 'Dockerfile.suggested')?.content ?? '';
};

/** A server of files of a repository; `asked` has what it was asked, and with which token. */
async function repository(
  answer: (path: string) => { status: number; body: string; headers?: Record<string, string> },
) {
  const asked: { path: string; token: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ path: request.url ?? '', token: request.headers.authorization });
    const { status, body, headers = {} } = answer(request.url ?? '');
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, [Symbol.asyncDispose]: async () => void server.close() };
}

describe('/dock lint', { timeout: 60_000 }, () => {
  it('opens a form, and what is pasted there is checked and mended, with its secrets masked', async () => {
    await using it = await wholeBot(roles);
    const type = (text: string) => it.slack.type({ person: DEV, channel: CHANNEL, text });

    await type('/dock lint');
    await expect.poll(() => it.slack.view({ person: DEV })?.body['callback_id']).toBe('form-lint');
    await it.slack.submitView({ person: DEV, values: { text: FILE } });
    const answer = await it.slack.waitFor(says('FL1001', 'DL3025', 'DL3064'), seen);

    expect(answer.onlyFor).toBe(DEV);
    expect(answer.text).toMatch(/3 warnings/u);
    const text = await suggested(it.slack);
    expect(text).toContain('CMD ["node", "server.js"]');
    expect(text.indexOf('COPY package.json')).toBeLessThan(text.indexOf('RUN npm ci'));
    expect(text.indexOf('RUN npm ci')).toBeLessThan(text.indexOf('COPY . .'));
    expect(text).toContain('DB_PASSWORD');
    expect(JSON.stringify(it.slack.requests.map(({ body }) => body))).not.toContain('kX9-vT2.qLm4w');
    const store = await it.store();
    const records = JSON.stringify(await store.audit.search({ limit: 20 }));
    expect(records).not.toContain('kX9-vT2.qLm4w');
    await store.close();

    await type('/dock lint');
    await expect.poll(() => it.slack.view({ person: DEV })?.body['callback_id']).toBe('form-lint');
    const { response } = await it.slack.submitView({ person: DEV, values: { text: ' \n ' } });
    expect(response).toMatchObject({ response_action: 'errors', errors: { text: expect.any(String) } });
  });

  it('reads a file that is shared with a mention, and a code block', async () => {
    await using it = await wholeBot(roles);
    const say = (text: string, files?: { name: string; content: string }[]) =>
      it.slack.type({ person: DEV, channel: CHANNEL, text, ...(files ? { files } : {}) });

    await say('@fairlead lint', [{ name: 'Dockerfile', content: 'FROM alpine\nMAINTAINER dana\n' }]);
    await it.slack.waitFor(says('DL4000', 'DL3006'), seen);
    await say('@fairlead lint ```FROM debian:12\nRUN sudo ls\nRUN <<EOF\nmake "it\nEOF\n```');
    await it.slack.waitFor(says('DL3004', 'FL4001'), seen);
    await say('@fairlead lint', [{ name: 'shop.png', content: '\u0000\u0001' }]);
    await it.slack.waitFor(says('not a text file'), seen);
    await say('@fairlead lint', [{ name: 'Dockerfile', content: 'RUN true\n'.repeat(200_000) }]);
    await it.slack.waitFor(says('256 KiB'), seen);
    // A file of another command is not looked at.
    await say('@fairlead hosts', [{ name: 'Dockerfile', content: 'FROM alpine' }]);
    await it.slack.waitFor(says('web-1'), seen);
    expect(it.slack.requests.filter(({ method }) => method === 'files.info')).toHaveLength(3);
  });

  it('says which scope is missing where a file cannot be read', async () => {
    await using it = await wholeBot(roles, { scopes: SCOPES.filter((scope) => scope !== 'files:read') });

    await it.slack.type({
      person: DEV,
      channel: CHANNEL,
      text: '@fairlead lint',
      files: [{ name: 'Dockerfile', content: 'FROM alpine' }],
    });

    await it.slack.waitFor(says('files:read', 'form'), seen);
  });

  it('reads a repository that the config names, and goes nowhere else', async () => {
    await using elsewhere = await repository(() => ({ status: 200, body: FILE }));
    await using shop = await repository((path) => {
      if (path.startsWith('/moved')) return { status: 302, body: '', headers: { location: `${elsewhere.url}/x` } };
      if (path.includes('huge')) return { status: 200, body: 'RUN true\n'.repeat(200_000) };
      return path.includes('none') ? { status: 404, body: 'no' } : { status: 200, body: FILE };
    });
    const sources = {
      shop: { url: `${shop.url}/shop/raw/{ref}/{path}`, token: 'tok-4242424242', ref: 'main' },
      moved: { url: `${shop.url}/moved/{path}`, token: 'tok-4242424242' },
    };
    await using it = await wholeBot({ ...roles, sources });
    const type = (text: string) => it.slack.type({ person: DEV, channel: CHANNEL, text });

    await type('/dock lint shop');
    await it.slack.waitFor(says('FL1001', 'Dockerfile of shop'), seen);
    await type('/dock lint shop api/Dockerfile --ref next');
    await it.slack.waitFor(says('api/Dockerfile of shop at next'), seen);
    await type('/dock lint shop none/Dockerfile');
    await it.slack.waitFor(says('has no such file'), seen);
    await type('/dock lint shop huge/Dockerfile');
    await it.slack.waitFor(says('256 KiB'), seen);
    await type('/dock lint moved');
    await it.slack.waitFor(says('sends elsewhere'), seen);
    await type('/dock lint shp');
    await it.slack.waitFor(says('Did you mean', 'shop'), seen);
    await type('/dock lint shop ../../etc/passwd');
    await it.slack.waitFor(says('without . and ..'), seen);

    expect(elsewhere.asked).toEqual([]);
    expect(shop.asked[0]).toEqual({ path: '/shop/raw/main/Dockerfile', token: 'Bearer tok-4242424242' });
    expect(shop.asked[1]?.path).toBe('/shop/raw/next/api/Dockerfile');
    expect(JSON.stringify(it.slack.requests.map(({ body }) => body))).not.toContain('tok-4242424242');
  });
});
