import { expect, it } from 'vitest';
import type { RawContainer } from '../../../src/docker/shapes/raw.ts';
import { UserError } from '../../../src/domain/errors.ts';
import { refuseOwn } from '../../../src/handlers/lifecycle/refusals.ts';
import type { ActedResult } from '../../../src/handlers/lifecycle/types.ts';
import { openDesk, resultOf } from '../desk.ts';
import { type Body, createWorld, type Fate } from './world.ts';

const ID = 'a1'.repeat(32);
const shop = (): Body => ({
  id: ID,
  name: 'shop',
  state: 'running',
  image: `sha256:${'b2'.repeat(32)}`,
  joins: undefined,
  autoRemove: false,
  volumes: [],
  policy: 'no',
  pids: 100,
});

it.each<[Fate, string]>([
  ['cut before', 'running'],
  ['cut after', 'exited'],
])('a connection that is %s a stop is said to be unknown, with how it is now: %s', async (fate, state) => {
  await using world = await createWorld([shop()]);
  await using it = await openDesk({ one: world.socketPath }, ['stop']);
  world.fate = fate;

  const result = resultOf<ActedResult>(await it.say('dock stop shop'));

  expect(result.hosts[0]?.containers[0]).toMatchObject({
    verdict: 'unknown',
    said: expect.stringMatching(new RegExp(`is ${state} now.*connection to one broke`, 'u')),
  });
  expect(result.failures).toHaveLength(1);
  expect(world.changes).toHaveLength(1);
});

it('what was removed by somebody else is gone already, and what is not there is named with the nearest', async () => {
  await using world = await createWorld([{ ...shop(), state: 'exited' }]);
  await using it = await openDesk({ one: world.socketPath }, ['rm', 'kill']);

  expect(await it.say('dock rm shopp')).toMatchObject({ kind: 'refused', reason: 'not_found' });
  expect(resultOf<ActedResult>(await it.say('dock kill shop')).hosts[0]?.containers[0]).toMatchObject({
    verdict: 'unchanged',
  });
  expect(world.changes).toEqual([]);
});

it("Fairlead's own containers, and those that use its volumes, are refused", () => {
  const own = {
    containers: new Set([ID]),
    volumes: new Set(['fairlead-data']),
    folders: [],
    services: new Set<string>(),
  };
  const raw = (Id: string, volume: string) =>
    ({ Id, Name: 'x', Mounts: [{ Type: 'volume', Name: volume, Source: '', Destination: '/d' }] }) as RawContainer;
  const other = 'c3'.repeat(32);

  expect(() => refuseOwn(raw(ID, 'other'), own)).toThrow(UserError);
  expect(() => refuseOwn(raw(other, 'fairlead-data'), own)).toThrow(UserError);
  expect(() => refuseOwn(raw(other, 'other'), own)).not.toThrow();
});
