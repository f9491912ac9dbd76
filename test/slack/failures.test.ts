import { expect, it } from 'vitest';
import { EngineError } from '../../src/docker/client/engine-error.ts';
import { toEngineError } from '../../src/docker/client/faults.ts';
import { failureOf } from '../../src/handlers/over-hosts.ts';
import { failureBlocks } from '../../src/slack/views/parts/failures.ts';

const shown = (error: EngineError) =>
  JSON.stringify(failureBlocks([failureOf('web-1', error, (text) => text, undefined)]));

it('only what an engine sent is shown as its words', () => {
  const sent = new EngineError('refused', 'driver failed', 500, { fromEngine: true });

  expect(shown(sent)).toMatch(/engine said.*driver failed/u);
  expect(shown(new EngineError('refused', 'driver failed', 500))).not.toMatch(/engine said/u);
});

it('a timeout says after how long, once', () => {
  const text = shown(new EngineError('timeout', 'Timed out after 10 s.'));

  expect(text.split('10 s')).toHaveLength(2);
  expect(text).not.toContain('said');
});

it.each([
  ['ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.12:2376', /connection refused.*10\.0\.0\.12:2376/u],
  ['ENOENT', 'connect ENOENT /run/none.sock', /socket does not exist.*none\.sock/u],
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND web-1.example', /cannot be resolved/u],
])('a connection that ended with %s names the cause', (code, message, words) => {
  const text = shown(toEngineError(Object.assign(new Error(message), { code })));

  expect(text).toMatch(words);
  expect(text).not.toContain('said');
});
