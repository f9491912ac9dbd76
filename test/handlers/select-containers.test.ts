import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { openHosts } from '../../src/docker/limits/hosts.ts';
import { createLimits } from '../../src/docker/limits/limits.ts';
import type { UserError } from '../../src/domain/errors.ts';
import { type Selecting, selectContainers } from '../../src/handlers/containers/select-containers.ts';
import type { Request } from '../../src/handlers/request.ts';
import { fakeEngine, json } from '../docker/fake-engine.ts';

const id = (start: string) => start.padEnd(64, '0');

const HOSTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  one: { shop: id('abcd1'), worker: id('abcd2'), beef: id('1111'), 'live-1': id('cafe') },
  two: { shop: id('2222'), db: id('beef3') },
};

/** What words mean over the hosts above and one that does not answer. */
async function select(words: readonly string[], selecting: Partial<Selecting> = {}, of: Partial<Request> = {}) {
  await using stack = new AsyncDisposableStack();
  const engines = await Promise.all(
    Object.entries(HOSTS).map(async ([host, containers]) => {
      const rows = Object.entries(containers).map(([name, Id]) => ({
        Id,
        Names: [`/${name}`],
        Created: 0,
        State: 'running',
      }));
      return [host, stack.use(await fakeEngine({ 'GET /containers/json': json(rows) })).socketPath] as const;
    }),
  );
  const all = [...engines, ['dead', '/nowhere/engine.sock'] as const];
  const config = parseConfig(
    JSON.stringify({
      slack: { team: 'T0TEAM' },
      hosts: Object.fromEntries(all.map(([name, socket]) => [name, { url: `unix://${socket}` }])),
      services: {
        front: { image: 'registry.test/front', hosts: 'all', container: { name: 'live-1' } },
        cafe: { image: 'registry.test/cafe', hosts: 'all', container: { name: 'db' } },
        feed: { image: 'registry.test/feed', hosts: 'all', container: { name: '2222' } },
      },
    }),
    'test.yml',
    {},
  );
  const limits = createLimits({ perHost: 8, overall: 64, waiting: 100 });
  const addresses = new Map(all.map(([name, socketPath]) => [name, { kind: 'unix' as const, socketPath }]));
  const hosts = stack.adopt(openHosts(addresses, limits), (opened) => opened.close());
  const line = `stats ${words.join(' ')}`;
  const request = { hosts: all.map(([name]) => name), hostsNamed: false, line, shownLine: line, ...of } as Request;
  const signal = new AbortController().signal;
  const found = await selectContainers(
    request,
    words,
    { config, hosts, redact: (text) => text },
    {
      signal,
      onSeveralHosts: 'all',
      ...selecting,
    },
  );
  return {
    places: found.places.map(({ host, container }) => `${host}/${container.names[0]}`),
    failures: found.failures.map(({ host }) => host),
  };
}

const refusal = async (...of: Parameters<typeof select>) => {
  const error = await select(...of).catch((thrown: UserError) => thrown);
  if (!(error instanceof Error)) throw new Error(`selected ${JSON.stringify(error)}`);
  return error;
};

it.each([
  [
    ['shop', 'db'],
    ['one/shop', 'two/shop', 'two/db'],
  ],
  [
    ['abcd2', 'ABCD1'],
    ['one/worker', 'one/shop'],
  ],
  [
    ['shop', id('abcd1'), 'shop'],
    ['one/shop', 'two/shop'],
  ],
  [['front'], ['one/live-1']],
  // A name comes before the beginning of an id, on whichever host.
  [['beef'], ['one/beef']],
  // As does the name of a service, whose containers no id is.
  [['cafe'], ['two/db']],
  [[], ['one/shop', 'one/worker', 'one/beef', 'one/live-1', 'two/shop', 'two/db']],
])('%j are %j', async (words, places) => {
  expect(await select(words)).toEqual({ places, failures: ['dead'] });
});

it('what no host has is named whole, with the nearest names and the line for them', async () => {
  expect(await refusal(['shpo', 'shop', 'worke'])).toMatchObject({
    reason: 'not_found',
    message: expect.stringMatching(/`shpo` and `worke` on one and two\..*dead did not answer/u),
    hint: 'Did you mean `shop` for `shpo` and `worker` for `worke`?',
    choices: [{ line: 'stats shop shop worker' }],
  });
});

it.each(['abc', 'zzzz', 'bcd1', 'feed'])('%s is the beginning of no id', async (word) => {
  expect(await refusal([word])).toMatchObject({ reason: 'not_found' });
});

it('the beginning of several ids is asked back, with a line for each', async () => {
  expect(await refusal(['abcd', 'db'])).toMatchObject({
    reason: 'ambiguous',
    choices: [
      { label: 'shop on one', line: 'stats abcd10000000 db' },
      { label: 'worker on one', line: 'stats abcd20000000 db' },
    ],
  });
});

it('where it is asked, a name on several hosts gets a button for each host that has every name', async () => {
  const ask = { onSeveralHosts: 'ask' } as const;
  expect(await refusal(['shop'], ask)).toMatchObject({
    reason: 'ambiguous',
    choices: [{ line: 'stats --on one shop' }, { line: 'stats --on two shop' }],
  });
  expect(await refusal(['shop', 'db'], ask)).toMatchObject({ choices: [{ line: 'stats --on two shop db' }] });
  expect(await select(['shop'], ask, { hostsNamed: true })).toMatchObject({ places: ['one/shop', 'two/shop'] });
});

it('no button carries a line that has a secret in it', async () => {
  const secret = { shownLine: 'stats shop -e A=***' };
  expect(await refusal(['shop'], { onSeveralHosts: 'ask' }, secret)).toMatchObject({ choices: [] });
  expect(await refusal(['shpo'], {}, secret)).toMatchObject({ choices: [] });
});
