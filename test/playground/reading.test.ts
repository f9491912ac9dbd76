import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createManualClock } from '../../playground/server/index.ts';
import { bench, STAGING } from './app.ts';
import { describeWithBrowser, launch, openWindow, send } from './browser.ts';

let browser: Browser;

describeWithBrowser('somebody who reads what was said before', () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it('stays there while others speak, is told of news, and sees what comes of their own words', async () => {
    await using it = await bench(
      'http',
      (app) => {
        app.command('/say', async ({ ack, client, command }) => {
          await ack();
          const long = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`).join('\n');
          await client.chat.postMessage({ channel: STAGING, text: command.text === 'a lot' ? long : command.text });
        });
      },
      { page: { commands: [] }, clock: createManualClock() },
    );
    await it.slack.type({ person: 'U0DEV1', channel: STAGING, text: '/say a lot' });
    const dana = await openWindow(browser, it.slack.url, { person: 'dana', channel: 'staging' });
    await dana.getByText('line 60').waitFor();
    const log = dana.getByRole('log', { name: 'Messages' });
    const isAtEnd = async () =>
      log.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80) as Promise<boolean>;
    const news = dana.getByRole('button', { name: 'New messages' });
    expect(await isAtEnd()).toBe(true);
    const goUp = () => log.evaluate((list) => list.scrollTo(0, 0));

    await goUp();
    await it.slack.type({ person: 'U0OPS1', channel: STAGING, text: '/say something of oli' });
    await news.waitFor();
    expect(await isAtEnd()).toBe(false);
    await news.press('Enter');
    expect(await isAtEnd()).toBe(true);
    await news.waitFor({ state: 'hidden' });

    await goUp();
    await send(dana, '/say my own words ');
    await dana.getByText('my own words').waitFor();
    expect(await isAtEnd()).toBe(true);
  });
});
