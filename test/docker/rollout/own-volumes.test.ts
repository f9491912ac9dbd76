import { expect, it } from 'vitest';
import type { Container, Volume } from '../../../src/docker/client/types.ts';
import { ownVolumes } from '../../../src/docker/rollout/own-volumes.ts';
import type { Wanted } from '../../../src/docker/rollout/wanted.ts';

function other(name: string, volumes: readonly string[] = [], labels = {}): Container {
  const mounts = volumes.map((volume) => ({ type: 'volume', name: volume, destination: '/x', source: '' }));
  const rest = {
    imageId: 'i',
    command: '',
    createdAt: 1,
    state: 'exited',
    status: '',
    health: undefined,
    ports: [],
    networks: [],
    addresses: [],
  } as const;
  return { id: `id-${name}`, names: [name], image: 'x', labels, mounts, ...rest };
}
const wanted = (from: Wanted['from'], neighbours?: Wanted['neighbours']): Wanted => ({
  from,
  name: 'shop',
  image: { repository: 'docker.io/library/shop', tag: '1', digest: 'sha256:1' },
  overrides: {},
  rollout: { strategy: 'auto', healthyWithin: 1, stableFor: 1, drain: 1, keep: 1 },
  neighbours,
});
const adopt = { kind: 'adopt', container: 'shop' } as const;
const isOwn = (
  volume: string,
  containers: readonly Container[] = [],
  neighbours?: Wanted['neighbours'],
  volumes: readonly Volume[] = [],
) => ownVolumes(wanted(adopt, neighbours), { containers, live: undefined, volumes })(volume);

it.each([
  ['shop', true],
  ['shop-data', true],
  ['shop_data', true],
  ['shopdata', false],
  ['shop.data', false],
  ['my-shop', false],
  ['Shop-data', false],
  ['another_volume', false],
  ['fairlead_data', false],
  ['a'.repeat(64), false],
])('%s belongs to shop by its name: %s', (volume, own) => {
  expect(isOwn(volume)).toBe(own);
});

it('a volume that another container uses or is named after does not belong to shop', () => {
  expect(isOwn('shop-data', [other('backup', ['shop-data'])])).toBe(false);
  expect(isOwn('shop-admin_data', [other('shop-admin')])).toBe(false);
  expect(isOwn('shop-data', [other('shop-admin', ['shop-admin_data'])])).toBe(true);
});

it('a volume of another service of the config does not belong to shop', () => {
  const neighbours = { service: 'shop', others: ['shop-admin'], volumes: ['shop-cellar'] };
  expect(isOwn('shop-admin_data', [], neighbours)).toBe(false);
  expect(isOwn('shop-cellar', [], neighbours)).toBe(false);
  expect(isOwn('shop-data', [], neighbours)).toBe(true);
  expect(isOwn('store-data', [], { ...neighbours, service: 'store' })).toBe(true);
});

it('kept versions of shop do not count as others', () => {
  const id = '01JDNEW0000000000000000000';
  expect(isOwn('shop-data', [other(`shop.prev-${id}`, ['shop-data'])])).toBe(true);
  expect(isOwn('shop-data', [other(`shop.prev-mine`, ['shop-data'])])).toBe(false);
});

it('a volume named in its config belongs to shop', () => {
  const from = { kind: 'service', container: { name: 'shop', volumes: ['cellar:/c', '/srv/x:/y'] } } as const;
  const own = ownVolumes(wanted(from), { containers: [other('backup', ['cellar'])], live: undefined, volumes: [] });
  expect(own('cellar')).toBe(true);
  expect(own('attic')).toBe(false);
});

it('a volume that a removed neighbour may have left does not belong to shop', () => {
  const there = (name: string, project?: string): Volume => ({
    name,
    anonymous: false,
    createdAt: 1,
    labels: project === undefined ? {} : { 'com.docker.compose.project': project },
    options: {},
  });
  const left = (volume: Volume, containers: readonly Container[] = []) =>
    isOwn(volume.name, containers, undefined, [volume]);
  expect(left(there('shop-admin_data'))).toBe(false);
  expect(left(there('shop-admin_data', 'shop-admin'))).toBe(false);
  expect(left(there('shop-data', 'shop-data'))).toBe(false);
  expect(left(there('shop_data', 'shop'))).toBe(true);
  expect(left(there('shop_old_data', 'shop'))).toBe(true);
  expect(left(there('shop-data'))).toBe(true);
  expect(left(there('shop'))).toBe(true);
  expect(isOwn('shop-old-data', [], undefined, [])).toBe(true);
  const id = '01JDNEW0000000000000000000';
  expect(left(there('shop-old-data'), [other(`shop.prev-${id}`, ['shop-old-data'])])).toBe(true);
});
