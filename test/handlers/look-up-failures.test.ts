import { expect, it } from 'vitest';
import { type Answer, fakeEngine, json } from '../docker/fake-engine.ts';
import { openDesk } from './desk.ts';

const DISTRIBUTION = 'GET /distribution/127.0.0.1%3A1/shop%3A1/json';

/** A deploy of a tag that is looked up by these engines, in this order. */
async function refusal(...engines: readonly Readonly<Record<string, Answer>>[]) {
  await using stack = new AsyncDisposableStack();
  const hosts: Record<string, string> = {};
  for (const [index, routes] of engines.entries())
    hosts[`web-${index + 1}`] = stack.use(await fakeEngine(routes)).socketPath;
  const services = { shop: { image: '127.0.0.1:1/shop', hosts: 'all', container: { name: 'shop' } } };
  const desk = stack.use(await openDesk(hosts, ['deploy'], { services }));
  return await desk.say('/deploy shop 1');
}

const silent: Answer = () => {};
const slowRegistry = { [DISTRIBUTION]: json({ message: 'dial tcp: i/o timeout' }, 500) };

it('a tag that no host could look up names the host that did not answer', async () => {
  expect(await refusal({ 'GET /version': silent })).toMatchObject({
    reason: 'unreachable',
    text: expect.stringMatching(/^`127\.0\.0\.1:1\/shop:1` could not be looked up on web-1: Timed out after 5 s\./u),
  });
}, 30_000);

it('what a registry answered one host is said, not that another host was away', async () => {
  expect(await refusal(slowRegistry, { 'GET /version': silent })).toMatchObject({
    reason: 'registry_refused',
    text: '127.0.0.1:1 did not respond to the engine in time.',
    hint: expect.stringContaining('web-1'),
  });
}, 30_000);

it('a registry that keeps the engine waiting is named, not the engine', async () => {
  expect(await refusal({ [DISTRIBUTION]: silent })).toMatchObject({
    reason: 'registry_refused',
    text: '127.0.0.1:1 did not respond to the engine in time.',
    hint: expect.stringContaining('Check the network from web-1 to 127.0.0.1:1'),
  });
}, 60_000);
