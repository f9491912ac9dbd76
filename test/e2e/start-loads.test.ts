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

/** What every start needs, and what is loaded as soon as Slack is connected, so it may be on the list or not. */
const NEEDED = ['@slack/bolt', '@slack/web-api', 'dotenv', 'ipaddr.js', 'otpauth', 'pino', 're2js', 'semver', 'undici'];
const RIGHT_AFTER = ['dockerode', 'ssh2'];

it('until Slack is connected, only the libraries are loaded that every start needs', async () => {
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
  const loadedOnes = Object.keys(dependencies).filter((name) => libraries.has(name));
  expect(loadedOnes).toContain('@slack/bolt');
  // A library that is not needed at once is imported where it is used, or is part of a chunk that is.
  expect(loadedOnes.filter((name) => ![...NEEDED, ...RIGHT_AFTER].includes(name))).toEqual([]);
  // Bolt's index would bring the receivers that are not used.
  expect(['express', 'body-parser', 'router'].filter((name) => libraries.has(name))).toEqual([]);
});
