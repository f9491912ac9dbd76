import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import type { Draft } from '../../src/docker/rollout/draft.ts';
import { withOverrides } from '../../src/docker/rollout/overrides.ts';
import { risksOf } from '../../src/docker/rollout/risks.ts';
import { draftOfConfig } from '../../src/docker/rollout/spec.ts';
import { mayAdopt } from '../../src/policy/adopt.ts';
import { judge } from '../../src/policy/guardrails.ts';

const REPOSITORIES = ['docker.io/library/shop', 'docker.io/mallory/shop', 'registry.test/shop'] as const;
const FOLDERS = [
  '/etc',
  '/srv/shop',
  '/srv/other',
  '/var/run/docker.sock',
  '/var/run',
  '/',
  '/var/lib/docker/volumes/bank/_data',
];
const VOLUMES = ['shop', 'shop-data', 'bank', 'fairlead_data', 'shared-1'];
const some = <T>(all: readonly T[]) => fc.subarray([...all]);

const settings = fc.record({
  privileged: fc.boolean(),
  folders: some(FOLDERS),
  volumes: some(VOLUMES),
  capAdd: some(['NET_ADMIN', 'SYS_ADMIN', 'SYS_PTRACE']),
  devices: some(['/dev/kmsg', '/dev/dri']),
  ports: some(['0.0.0.0:80:80', '127.0.0.1:80:81', '8080:80']),
  host: some(['PidMode', 'IpcMode', 'NetworkMode', 'UTSMode']),
  unconfined: fc.boolean(),
});
const allowances = fc.record({
  privileged: fc.boolean(),
  hostNamespaces: fc.boolean(),
  dockerSocket: fc.boolean(),
  unconfined: fc.boolean(),
  binds: some(['/srv/**', '/etc', '/**']),
  volumes: some(['shared-*', 'bank', '*']),
  capabilities: some(['NET_ADMIN', 'SYS_ADMIN']),
  devices: some(['/dev/dri', '/dev/*']),
  ports: fc.constantFrom('any', 'unprivileged', 'loopback'),
});
type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;
type Allowed = typeof allowances extends fc.Arbitrary<infer T> ? T : never;

function draftOf({ privileged, folders, volumes, capAdd, devices, ports, host, unconfined }: Settings): Draft {
  const mounted = [...folders, ...volumes].map((source, at) => `${source}:/m${at}`);
  const draft = draftOfConfig(
    { name: 'shop', memory: 1 << 25, volumes: mounted, capAdd, devices, ports, privileged },
    undefined,
  );
  const more = {
    ...Object.fromEntries(host.map((key) => [key, 'host'])),
    ...(unconfined && { SecurityOpt: ['seccomp=unconfined'] }),
  };
  return { ...draft, hostConfig: { ...draft.hostConfig, ...more } };
}

const isOwn = (name: string) => /^shop(?:$|[-_])/u.test(name);

/** Everything that a config with these allowances does not give, told by another way than the guardrails tell it. */
function dangers({ hostConfig: of }: Draft, allowed: Allowed): string[] {
  const list = (key: string) => (of[key] ?? []) as readonly string[];
  const sources = list('Binds').map((bind) => bind.split(':')[0] ?? '');
  const gives = (folder: string) => ['/', '/var/run', '/var/run/docker.sock'].includes(folder);
  const under = (folder: string) =>
    folder.startsWith('/srv/') ? ['/srv/**', '/**'] : folder === '/etc' ? ['/etc', '/**'] : ['/**'];
  const bank = (folder: string) => (folder.includes('/volumes/bank') ? ['bank'] : []);
  const mayHave = (volume: string) => ['*', volume, ...(volume.startsWith('shared-') ? ['shared-*'] : [])];
  const bound = Object.values(
    (of['PortBindings'] ?? {}) as Record<string, { HostIp: string; HostPort: string }[]>,
  ).flat();
  const isReached = ({ HostIp, HostPort }: { HostIp: string; HostPort: string }) =>
    HostIp !== '127.0.0.1' &&
    (allowed.ports === 'loopback' || (allowed.ports === 'unprivileged' && Number(HostPort) < 1024));
  const folders = sources.filter((source) => source.startsWith('/'));
  const volumes = [...sources.filter((source) => !source.startsWith('/')), ...folders.flatMap(bank)];
  return [
    ...(of['Privileged'] && !allowed.privileged ? ['privileged'] : []),
    ...['PidMode', 'IpcMode', 'NetworkMode', 'UTSMode'].filter((key) => of[key] === 'host' && !allowed.hostNamespaces),
    ...list('SecurityOpt').filter(() => !allowed.unconfined),
    ...folders.filter((folder) => gives(folder) && !allowed.dockerSocket).map((folder) => `socket ${folder}`),
    ...folders.filter(
      (folder) =>
        folder !== '/var/run/docker.sock' &&
        folder !== '/' &&
        !under(folder).some((pattern) => allowed.binds.includes(pattern)),
    ),
    ...volumes
      .filter((volume) => !isOwn(volume) && !mayHave(volume).some((pattern) => allowed.volumes.includes(pattern)))
      .map((name) => `volume ${name}`),
    ...list('CapAdd').filter((name) => !allowed.capabilities.includes(name)),
    ...((of['Devices'] ?? []) as { PathOnHost: string }[])
      .map(({ PathOnHost }) => PathOnHost)
      .filter((path) => !allowed.devices.some((pattern) => pattern === path || pattern === '/dev/*')),
    ...bound.filter(isReached).map(({ HostIp, HostPort }) => `port ${HostIp || '0.0.0.0'}:${HostPort}`),
  ];
}

const entry = fc.record({
  containers: some(['shop', 'shop*', 'other', '*']).filter((all) => all.length > 0),
  hosts: fc.constantFrom('web-1', 'web-2', 'all', 'env=prod'),
  otherRepository: fc.boolean(),
});
const overrides = fc.record({
  volumes: some([...VOLUMES, ...FOLDERS]).map((all) => all.map((source, at) => `${source}:/v${at}`)),
  ports: some(['80:80', '9090:90', '127.0.0.1:81:81']),
});

it('nothing starts that today’s config would not allow: over configs, containers, images and what is asked for', () => {
  const seen = { started: 0, refused: 0 };
  fc.assert(
    fc.property(
      settings,
      allowances,
      fc.array(entry, { maxLength: 3 }),
      overrides,
      fc.option(fc.constantFrom(...REPOSITORIES), { nil: undefined }),
      fc.constantFrom(...REPOSITORIES),
      (before, allow, adopt, asked, runs, wanted) => {
        const config = parseConfig(
          JSON.stringify({
            slack: { team: 'T0TEAM' },
            hosts: { 'web-1': { url: 'unix:///a', labels: { env: 'prod' } }, 'web-2': { url: 'unix:///b' } },
            adopt,
            guardrails: { allow },
          }),
          'f.yml',
          {},
        );
        const old = draftOf(before);
        const next = withOverrides(old, asked);
        const volumes = { isOwn, options: new Map() };
        const { refused } = judge(risksOf(next, true, runs === wanted ? old : undefined, volumes), config.guardrails);
        const adopted = mayAdopt({ container: 'shop', host: 'web-1', runs, wanted }, config);
        const starts = adopted.may && refused.length === 0;
        seen[starts ? 'started' : 'refused'] += 1;
        if (!starts) return;

        const fits = adopt.filter(
          ({ containers, hosts }) => hosts !== 'web-2' && containers.some((name) => name !== 'other'),
        );
        expect(fits.some(({ otherRepository }) => otherRepository || runs === wanted)).toBe(true);
        // Only the same program may go on with what it had.
        const had = runs === wanted ? new Set(dangers(old, allow)) : new Set<string>();
        expect(dangers(next, allow).filter((danger) => !had.has(danger))).toEqual([]);
      },
    ),
    { numRuns: 3000 },
  );
  expect(Math.min(seen.started, seen.refused)).toBeGreaterThan(30);
});
