import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { writeCommandsInMessage } from '../../src/slack/block-kit/commands.ts';
import type { Message } from '../../src/slack/block-kit/message.ts';
import { type Bench, bare } from '../playground/app.ts';
import { describeWithBrowser, launch, openWindow } from '../playground/browser.ts';
import { shownResult } from '../slack/shown.ts';
import { CARDS } from './cards.ts';
import { CHANGES } from './changes.ts';
import { DEPLOYS } from './deploys.ts';
import { DOCK } from './dock.ts';
import { FIND } from './find.ts';
import { type Picture, requestOf } from './fixtures.ts';
import { GRANTS } from './grants.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { LINT } from './lint.ts';
import { LOOKS } from './looks.ts';
import { PUBLISH } from './publish.ts';
import { READS } from './reads.ts';
import { REGISTRIES } from './registries.ts';
import { REPLICAS } from './replicas.ts';
import { SCANS } from './scans.ts';
import { SIGNED } from './signed.ts';
import { SLIM } from './slim.ts';
import { WHY } from './why.ts';

const PICTURES: readonly Picture[] = [
  ...READS,
  ...LOOKS,
  ...CHANGES,
  ...CARDS,
  ...DEPLOYS,
  ...DOCK,
  ...WHY,
  ...LIFECYCLE,
  ...LINT,
  ...GRANTS,
  ...SLIM,
  ...FIND,
  ...SCANS,
  ...REGISTRIES,
  ...REPLICAS,
  ...PUBLISH,
  ...SIGNED,
];
/** Where the pictures are written for people to look at; drawing each message anew takes most of the time. */
const FOLDER = process.env['FAIRLEAD_TEST_PICTURES'];
/** Tall enough for the longest message: a picture shows what is in view. */
const HEIGHT = 2400;

const SIZES = [
  { size: 'desktop', width: 1280, colorScheme: 'light' },
  { size: 'phone', width: 390, colorScheme: 'dark' },
] as const;

/** What is wrong with how a message is laid out, in words; runs in the page. */
const FAULTS = `(message) => {
  const faults = [];
  const edge = message.getBoundingClientRect().right;
  const scrolls = (one) => one.closest('pre, .table') !== null;
  for (const one of message.querySelectorAll('*')) {
    const box = one.getBoundingClientRect();
    if (box.width > 0 && box.right > edge + 1 && !scrolls(one)) faults.push(one.tagName + ' sticks out: ' + one.textContent.slice(0, 40));
  }
  for (const button of message.querySelectorAll('button, .button'))
    if (button.scrollWidth > button.clientWidth + 1) faults.push('clipped: ' + button.textContent);
  if (message.querySelector('.unsupported')) faults.push('a block the page cannot draw');
  return faults;
}`;

describeWithBrowser('every view of every command', { timeout: 120_000 }, () => {
  let browser: Browser;
  let local: Bench;
  let names: readonly string[];
  beforeAll(async () => {
    if (FOLDER) mkdirSync(FOLDER, { recursive: true });
    [browser, local] = await Promise.all([launch(), bare({ page: { commands: [] }, rateLimits: false })]);
    names = await post(local, PICTURES);
  });
  afterAll(async () => {
    await browser.close();
    await local[Symbol.asyncDispose]();
  });

  it('has a picture', () => {
    const pictured = new Set(PICTURES.map(({ command }) => command));

    expect(SPECS.map(({ name }) => name).filter((name) => !pictured.has(name))).toEqual([]);
  });

  it.each(SIZES)('is tidy at $size width', async ({ size, width, colorScheme }) => {
    const page = await openWindow(
      browser,
      local.slack.url,
      { person: 'dana', channel: 'prod' },
      {
        viewport: { width, height: HEIGHT },
        colorScheme,
      },
    );
    const messages = page.getByRole('article');
    await messages.nth(names.length - 1).waitFor();

    const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    const found = (await page.evaluate(`[...document.querySelectorAll('article')].map(${FAULTS})`)) as string[][];
    const faults: Record<string, unknown> = wide === 0 ? {} : { page: `${wide} px too wide` };
    for (const [index, name] of names.entries()) {
      if (found[index]?.length) faults[name] = found[index];
      if (FOLDER) await messages.nth(index).screenshot({ path: join(FOLDER, `${name}-${size}.png`) });
    }

    expect(faults).toEqual({});
    expect(page.errors).toEqual([]);
  });
});

/** As the bot posts it, past the same limits; a file comes after all messages. */
async function post({ client }: Bench, pictures: readonly Picture[]): Promise<string[]> {
  const channel = 'C0PROD';
  const files: NonNullable<Message['file']>[] = [];
  for (const { command, result, message, ...picture } of pictures) {
    const request = requestOf({ command, result, ...picture });
    const {
      text,
      blocks,
      charts = [],
      file,
    } = writeCommandsInMessage(message ?? shownResult(command, result, request), '');
    await client.chat.postMessage({ channel, text, blocks: [...blocks, ...charts] });
    if (file) files.push(file);
  }
  for (const { name, title, content } of files)
    await client.filesUploadV2({ channel_id: channel, filename: name, title, content });
  return [...pictures.map(({ name }) => name), ...files.map(({ name }) => `file-${name.replace(/\W/gu, '-')}`)];
}
