import { expect, it } from 'vitest';
import { conflictsOf } from '../../../src/docker/rollout/conflicts.ts';
import type { Survey } from '../../../src/docker/rollout/survey.ts';
import type { Wanted } from '../../../src/docker/rollout/wanted.ts';

const FOLDER = '/srv/fairlead/config';
const bound = (device: string) => ({ type: 'none', o: 'bind', device });
const volume = (name: string, options = {}) => ({ name, anonymous: false, createdAt: 1, labels: {}, options });
const found: Survey = {
  minor: 41,
  podman: false,
  canChangePolicy: true,
  ownParts: { containers: new Set(), volumes: new Set(['data']), folders: [FOLDER], services: new Set() },
  networks: [],
  platform: undefined,
  volumes: [volume('data'), volume('trap', bound(`${FOLDER}/`)), volume('shop', bound('/srv/shop'))],
  diskFreeBytes: undefined,
  image: undefined,
  containers: [],
  live: undefined,
  others: [],
};
const wanted: Wanted = {
  from: { kind: 'adopt', container: 'shop' },
  name: 'shop',
  image: { repository: 'docker.io/library/shop', tag: '1', digest: 'sha256:1' },
  overrides: {},
  rollout: { strategy: 'auto', healthyWithin: 1, stableFor: 1, drain: 1, keep: 1 },
  neighbours: undefined,
};
const conflicts = (hostConfig: object) =>
  conflictsOf(found, { config: {}, hostConfig: { ...hostConfig }, endpoints: new Map() }, wanted);
const driven = (device: string) => ({
  Mounts: [
    { Type: 'volume', Source: 'new', Target: '/x', VolumeOptions: { DriverConfig: { Options: bound(device) } } },
  ],
});

it.each([
  ['its volume', { Binds: ['data:/x'] }, 'volume data'],
  ['the folder that its volume is', { Binds: ['/var/lib/docker/volumes/data/_data:/x'] }, 'volume data'],
  ['its folder', { Binds: [`${FOLDER}:/x`] }, `folder ${FOLDER}`],
  ['a volume that is its folder', { Binds: ['trap:/x'] }, `folder ${FOLDER}`],
  ['a mount whose driver is told its folder', driven(FOLDER), `folder ${FOLDER}`],
  ['a mount whose driver is told a folder above it', driven('/srv'), 'folder /srv'],
])('no other container gets %s', (_, hostConfig, what) => {
  expect(conflicts(hostConfig)).toEqual([expect.stringMatching(new RegExp(`${what} `, 'iu'))]);
});

it('no other container gets its volume beside another mount of the same path', () => {
  for (const beside of [{ Binds: ['data:/x', 'shop:/x'] }, { Binds: ['data:/x/'], Tmpfs: { '/x': '' } }])
    expect(conflicts(beside)).toEqual([
      expect.stringMatching(/volume data /iu),
      expect.stringMatching(/^\/x .* twice.* data, /u),
    ]);
});

it('folders and volumes with similar names are allowed', () => {
  expect(conflicts({ Binds: ['shop:/x', '/var/lib/docker/volumes/data2/_data:/y', `${FOLDER}s:/z`] })).toEqual([]);
  expect(conflicts(driven('/srv/shop'))).toEqual([]);
});
