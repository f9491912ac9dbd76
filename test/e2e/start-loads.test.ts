import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startSlack } from '../../playground/server/index.ts';
import { loneBot } from './process.ts';

/** Writes the address of every module to a file as it is loaded. */
const FOLLOW = `
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    appendFileSync(process.env.LOADED, url + '\\n');
    return next(url, context);
  },
});`;

/** What is loaded as soon as Slack is connected, so it may be on the list or not. */
const RIGHT_AFTER = ['ssh2'];

it('until Slack is connected, no library is loaded but those in the built files', async () => {
  const slack = await startSlack();
  onTestFinished(() => slack.stop());
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-loads-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const list = join(folder, 'loaded');
  loneBot(slack, {
    LOADED: list,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(FOLLOW)}`,
  });

  await slack.connected();

  const loaded = readFileSync(list, 'utf8').split('\n');
  const libraries = new Set(loaded.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(url)?.[1] ?? []));
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
  expect(loaded.some((url) => url.endsWith('/dist/cli/start.js'))).toBe(true);
  // A library that is not needed at once is imported where it is used; one that is, is part of a built file.
  const early = Object.keys(dependencies).filter((name) => libraries.has(name) && !RIGHT_AFTER.includes(name));
  expect(early).toEqual([]);
});
