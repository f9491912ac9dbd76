import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSlack } from '../../playground/server/index.ts';
import { describeWithBrowser, launch } from './browser.ts';

let browser: Browser;

describeWithBrowser('a page whose browser drops a request', () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it.each(['main.ts', 'blocks/table.ts', 'page.css'])('loads again without %s', async (file) => {
    const slack = await startSlack({ page: { commands: [] } });
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      let asked = 0;
      await page.route(`**/_page/${file}`, (route) => {
        asked += 1;
        return asked === 1 ? route.abort('internetdisconnected') : route.continue();
      });

      await page.goto(`${slack.url}/?as=dana&in=prod`);

      await expect.poll(() => asked, { timeout: 40_000 }).toBe(2);
      await page.getByRole('heading', { level: 2, name: 'prod' }).waitFor({ timeout: 40_000 });
    } finally {
      await context.close();
      await slack.stop();
    }
  });
});
