import { once } from 'node:events';
import { request } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createManualClock } from '../../playground/server/index.ts';
import type { CommandHint } from '../../playground/web/protocol.ts';
import { bare, bench, go, STAGING } from './app.ts';
import { describeWithBrowser, launch, openWindow, PHONE, send } from './browser.ts';

const commands: CommandHint[] = [
  { name: '/images', description: 'List images', usage: '[reference] [-a]' },
  { name: '/ask', description: 'Ask everybody', usage: '' },
  { name: '/ps', description: 'List containers', usage: '[-a]' },
];
const page = { commands };

async function firstFrame(url: string, origin: string): Promise<unknown> {
  const socket = new WebSocket(url, { origin });
  try {
    const [data] = await once(socket, 'message');
    return JSON.parse(String(data));
  } finally {
    socket.terminate();
  }
}

describe('the address of the page', () => {
  it('answers only this machine, only pages of its own, and only what a person sees', async () => {
    await using it = await bare({ page });
    const { ts } = await it.slack.type({ person: 'U0DEV1', channel: STAGING, text: 'hello' });
    const json = `/_page/message/${STAGING}/${ts}`;
    const { port } = new URL(it.slack.url);
    const ask = (path: string, headers: Record<string, string> = {}) =>
      new Promise<number>((resolve) => {
        request({ port, host: '127.0.0.1', path, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        }).end();
      });

    expect(await ask('/')).toBe(200);
    expect(await ask('/', { host: 'evil.example' })).toBe(403);
    expect(await ask('/', { host: `evil.example:${port}` })).toBe(403);
    expect(await ask(`${json}?as=U0DEV1`)).toBe(200);
    expect(await ask(`${json}?as=U0NOBODY`)).toBe(404);
    expect(await ask(`${json}?as=U0DEV1`, { origin: 'http://localhost:1' })).toBe(403);
    expect(await ask(`${json}?as=U0DEV1`, { 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await ask('/_control/people', { 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await ask('/_page/..%2Fserver/index.ts')).toBe(404);
    expect(await ask('/_page/server/../../server/index.ts')).toBe(404);
    const live = `ws://127.0.0.1:${port}/_page/live?as=U0DEV1&session=${it.slack.tokens.session}`;
    await expect(firstFrame(live, 'http://evil.example')).rejects.toThrow('401');
    expect(await firstFrame(live, it.slack.url)).toMatchObject({ kind: 'welcome', you: 'U0DEV1' });
  });

  it('opens in the given channel, for people who are in it', async () => {
    await using it = await bare({ page: { commands, start: 'C0PROD' } });
    const { port } = new URL(it.slack.url);
    const start = async (person: string) => {
      const live = `ws://127.0.0.1:${port}/_page/live?as=${person}&session=${it.slack.tokens.session}`;
      return firstFrame(live, it.slack.url);
    };
    expect(await start('U0DEV1')).toMatchObject({ kind: 'welcome', start: 'C0PROD' });
    await using other = await bare({ page });
    const { port: otherPort } = new URL(other.slack.url);
    const live = `ws://127.0.0.1:${otherPort}/_page/live?as=U0DEV1&session=${other.slack.tokens.session}`;
    expect(await firstFrame(live, other.slack.url)).toMatchObject({ start: STAGING });
  });

  it('is not there unless it is asked for', async () => {
    await using it = await bare();

    expect((await fetch(it.slack.url)).status).toBe(404);
  });
});

describeWithBrowser('the page', { timeout: 120_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  it('completes a command, and shows the private answer to one person only', async () => {
    await using it = await bench(
      'http',
      (app) => {
        app.command('/images', async ({ ack, command }) => ack({ text: `*you* said \`${command.text}\` &lt;b&gt;` }));
      },
      { page, clock: createManualClock(), commands: commands.map(({ name }) => name) },
    );
    const dana = await openWindow(browser, it.slack.url, { person: 'dana', channel: 'staging' });
    const oli = await openWindow(browser, it.slack.url, { person: 'oli', channel: 'staging' });

    const composer = dana.getByRole('combobox');
    await composer.pressSequentially('/im');
    await dana.getByRole('option', { name: '/images' }).waitFor();
    await composer.press('Tab');
    expect(await composer.inputValue()).toBe('/images ');
    await dana.getByText('[reference] [-a]').waitFor();
    await composer.pressSequentially('-a');
    await composer.press('Enter');

    const reply = dana.getByRole('article', { name: /Fairlead.*only visible to you/u });
    await reply.getByText('you', { exact: true }).waitFor();
    expect(await reply.locator('.content').innerHTML()).toBe('<p><b>you</b> said <code>-a</code> &lt;b&gt;</p>');
    await send(dana, '/nope');
    await dana.getByText('/nope is not a valid command.').waitFor();
    expect(await oli.getByRole('article').count()).toBe(0);
    expect([...dana.errors, ...oli.errors]).toEqual([]);
  });

  it('asks before a dangerous button, and shows the update to everybody in place', async () => {
    await using it = await bench(
      'http',
      (app) => {
        app.command('/ask', async ({ ack, client }) => {
          await ack();
          const confirm = {
            title: { type: 'plain_text' as const, text: 'Really?' },
            text: { type: 'mrkdwn' as const, text: 'There is *no way* back.' },
            confirm: { type: 'plain_text' as const, text: 'Do it' },
            deny: { type: 'plain_text' as const, text: 'Keep' },
          };
          await client.chat.postMessage({ channel: STAGING, text: 'May I?', blocks: [go('yes', { confirm })] });
        });
        app.action('go', async ({ ack, body, client }) => {
          await ack();
          const { message } = body as { message: { ts: string } };
          await client.chat.update({ channel: STAGING, ts: message.ts, text: `Done by <@${body.user.id}>` });
        });
      },
      { page, clock: createManualClock() },
    );
    const dana = await openWindow(browser, it.slack.url, { person: 'dana', channel: 'staging' });
    const oli = await openWindow(browser, it.slack.url, { person: 'oli', channel: 'staging' }, PHONE);

    await send(dana, '/ask ');
    const button = oli.getByRole('button', { name: 'Go' });
    await button.click();
    await oli.getByRole('dialog', { name: 'Really?' }).getByRole('button', { name: 'Keep' }).click();
    expect(await dana.getByText('Done by').count()).toBe(0);
    await button.click();
    await oli.getByRole('dialog').press('Escape');
    await oli.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await button.evaluate('document.activeElement.textContent')).toBe('Go');
    await button.press('Enter');
    await oli.getByRole('dialog').getByRole('button', { name: 'Do it' }).press('Enter');
    const focused = () => oli.evaluate('document.activeElement.closest("article")?.textContent ?? "none"');
    await expect.poll(focused, { timeout: 20_000 }).toContain('Done by');

    for (const person of [dana, oli]) {
      await person.getByText('Done by @oli').waitFor();
      expect(await person.getByRole('button', { name: 'Go' }).count()).toBe(0);
      expect(await person.getByRole('article').count()).toBe(1);
    }
    expect([...dana.errors, ...oli.errors]).toEqual([]);
  });

  it('shows what Slack refused, and why, where it would have been', async () => {
    await using it = await bench(
      'http',
      (app) => {
        app.command('/ask', async ({ ack, client }) => {
          await ack();
          const text = { type: 'plain_text' as const, text: 'x'.repeat(151) };
          await client.chat
            .postMessage({ channel: STAGING, text: 'no', blocks: [{ type: 'header', text }] })
            .catch(() => undefined);
        });
      },
      { page, clock: createManualClock() },
    );
    const dana = await openWindow(browser, it.slack.url, { person: 'dana', channel: 'staging' });

    await send(dana, '/ask ');

    const refused = dana.getByRole('log').getByRole('article', { name: 'Refused by Slack: invalid_blocks' });
    await refused.getByText('/blocks/0/text/text').waitFor();
    expect(dana.errors).toEqual([]);
  });
});
