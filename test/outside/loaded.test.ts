import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startSlack } from '../../playground/server/index.ts';
import { end, loneBot, READY } from '../e2e/process.ts';
import { startCollector } from './collector.ts';

/** The packages that a bot has loaded once it has answered a command. */
async function packagesOf(env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-loaded-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'loaded');
  const slack = await startSlack();
  onTestFinished(() => slack.stop());
  const preload = new URL('write-loaded.ts', import.meta.url).href;
  const bot = loneBot(slack, { NODE_OPTIONS: `--import=${preload}`, TEST_LOADED_FILE: file, ...env });
  await bot.said(READY);
  await slack.connected();
  expect(await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text: '/ps' })).toMatchObject({ ok: true });
  await end(bot, 'SIGTERM');
  const files = readFileSync(file, 'utf8');
  // What is not a package of its own is part of the built files.
  expect(files).toContain('/dist/cli.js\n');
  const names = files.matchAll(/\/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\/[^\n]*$/gmu);
  return [...new Set([...names].map(([, name = '']) => name))];
}

const isOfTraces = (name: string) => name.startsWith('@opentelemetry/');
const SDK = ['@opentelemetry/exporter-trace-otlp-http', '@opentelemetry/resources', '@opentelemetry/sdk-trace'];

it('where nobody can see metrics and traces, their libraries are not loaded', async () => {
  const loaded = await packagesOf({});

  expect(loaded.filter((name) => isOfTraces(name) || name === 'prom-client')).toEqual([]);
});

it('metrics alone load nothing that makes or sends spans: only the API, which prom-client needs', async () => {
  const loaded = await packagesOf({ FAIRLEAD_STATUS_LISTEN: '127.0.0.1:0' });

  expect(loaded).toContain('prom-client');
  expect(loaded.filter(isOfTraces)).toEqual(['@opentelemetry/api']);
});

it('with a collector they are loaded', async () => {
  const { endpoint } = await startCollector();

  expect(await packagesOf({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toEqual(expect.arrayContaining(SDK));
});
