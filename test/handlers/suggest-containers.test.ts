import { expect, it } from 'vitest';
import { restart } from '../../src/commands/lifecycle/restart.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import { openHosts } from '../../src/docker/limits/hosts.ts';
import { createLimits } from '../../src/docker/limits/limits.ts';
import { createKnownContainers } from '../../src/handlers/containers/known-containers.ts';
import { type Suggesting, suggestContainers } from '../../src/handlers/containers/suggest-containers.ts';
import { NOBODY } from '../../src/policy/people.ts';
import { fakeEngine, json, silence } from '../docker/fake-engine.ts';

const hex = (seed: number) => seed.toString(16).padStart(4, '0').repeat(16);
const listed = (names: readonly string[]) =>
  names.map((name, index) => ({
    Id: hex(index + 1),
    Names: [`/${name}`],
    State: index % 2 === 0 ? 'running' : 'exited',
    Status: 'Up 3 hours',
    Created: index,
  }));

const config = (grant: object): Config =>
  parseConfig(
    JSON.stringify({
      slack: { team: 'T0TEAM' },
      hosts: { one: { url: 'unix:///one' }, two: { url: 'unix:///two' } },
      roles: { operator: { commands: ['restart'] } },
      groups: { nobody: { people: ['U0NONE1'] } },
      services: { shop: { image: 'docker.io/library/busybox', hosts: 'all' } },
      channels: { C0TEAM: { grants: [{ role: 'operator', hosts: 'one', ...grant }] } },
    }),
    'test.yml',
    {},
  );

const limits = createLimits({ perHost: 8, overall: 50, waiting: 50 });
const open = (socketPath: string) => openHosts(new Map([['one', { kind: 'unix', socketPath }]]), limits);
const asking = (query: string, more: Partial<Suggesting> = {}): Suggesting => ({
  asker: { person: 'U0DEV1', channel: 'C0TEAM', membership: NOBODY },
  spec: restart,
  query,
  hosts: undefined,
  signal: new AbortController().signal,
  ...more,
});

it('offers what the person may choose, running ones first, at most a hundred, by name or id', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `web-${index}`);
  await using engine = await fakeEngine({ 'GET /containers/json': json(listed(['shop', 'old-shop', ...names])) });
  const known = createKnownContainers(open(engine.socketPath));
  const suggest = (query: string, grant = {}) => suggestContainers(asking(query), known, { config: config(grant) });

  expect((await suggest('SHOP')).map(({ name }) => name)).toEqual(['shop', 'old-shop']);
  expect(await suggest('web')).toHaveLength(100);
  expect((await suggest(hex(1).slice(0, 8))).map(({ name }) => name)).toContain('shop');
  expect((await suggest('', { services: ['shop'] })).map(({ name }) => name)).toEqual(['shop']);
  expect(await suggest('', { to: ['nobody'] })).toEqual([]);
  expect(await suggestContainers(asking('', { hosts: ['two'] }), known, { config: config({}) })).toEqual([]);
  // Letters that are typed one after the other are answered from one list.
  expect(engine.asked.filter(({ line }) => line.includes('/containers/json'))).toHaveLength(1);
});

it('offers what a host had last when it is late, within the time Slack waits', async () => {
  let answers = json(listed(['shop']));
  await using engine = await fakeEngine({ 'GET /containers/json': (response, request) => answers(response, request) });
  const known = createKnownContainers(open(engine.socketPath), 0);
  const suggest = () => suggestContainers(asking(''), known, { config: config({}) });

  expect(await suggest()).toHaveLength(1);
  answers = silence;
  const began = performance.now();
  expect((await suggest()).map(({ name }) => name)).toEqual(['shop']);
  expect(performance.now() - began).toBeLessThan(2900);
});
