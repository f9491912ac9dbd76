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

it('to start and to ask a host, no library is loaded but those in the built files', async () => {
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
  const { ok } = await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '/ps' });

  expect(ok).toBe(true);
  const loaded = readFileSync(list, 'utf8').split('\n');
  const libraries = loaded.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(url)?.[1] ?? []);
  expect(loaded.some((url) => url.endsWith('/dist/cli/start.js'))).toBe(true);
  // A library that is not needed at once is imported where it is used; one that is, is part of a built file.
  expect(libraries).toEqual([]);
});
