import { expect, it } from 'vitest';
import { parseConfig } from '../../../src/config.ts';
import { withOverrides } from '../../../src/docker/rollout/overrides.ts';
import { risksOf } from '../../../src/docker/rollout/risks.ts';
import { draftOfConfig } from '../../../src/docker/rollout/spec.ts';
import { swarmRisks } from '../../../src/docker/swarm/risks.ts';
import { VolumeText } from '../../../src/domain/volumes.ts';
import { judge } from '../../../src/policy/guardrails.ts';

const NONE = { isOwn: () => true, options: new Map() };

/** What stops a deploy with `-v volume`, the container having had `before` already. */
function refused(volume: string, allow: string, before: readonly string[] = []) {
  const old = draftOfConfig({ name: 'shop', memory: 1 << 25, volumes: before }, undefined);
  const risks = risksOf(withOverrides(old, { volumes: [VolumeText.parse(volume)] }), true, old, NONE);
  const text = `slack: { team: T0TEAM }\nhosts: { a: { url: "unix:///a" } }\nguardrails: { allow: ${allow} }`;
  return judge(risks, parseConfig(text, 'f.yml', {}).guardrails).refused.map(({ what, rule }) => `${rule} ${what}`);
}
const EVERY_FOLDER = '{ binds: ["/**", "/"] }';

it.each([
  ['/var/run/docker.sock', '/var/run/docker.sock'],
  ['/var/run/docker.sock/', '/var/run/docker.sock'],
  ['/var/run//docker.sock', '/var/run/docker.sock'],
  ['//run/docker.sock//', '/run/docker.sock'],
  ['/run/', '/run'],
  ['/var/run', '/var/run'],
  ['/var', '/var'],
  ['/', '/'],
  ['/run/podman', '/run/podman'],
  ['/run/containerd/containerd.sock', '/run/containerd/containerd.sock'],
  ['/var/run/docker/containerd', '/var/run/docker/containerd'],
  ['/run/docker/', '/run/docker'],
])('%s exposes the engine’s socket, whatever folders are allowed', (source, what) => {
  expect(refused(`${source}:/s`, EVERY_FOLDER)).toEqual([`guardrails.allow.dockerSocket ${what}`]);
  expect(refused(`${source}:/s:ro`, '{ binds: ["/**", "/"], dockerSocket: true }')).toEqual([]);
});

it('a folder that contains the socket needs more than permission for the socket', () => {
  expect(refused('/var/run/:/s', '{ dockerSocket: true }')).toEqual(['guardrails.allow.binds /var/run']);
  expect(refused('/var/run/docker.sock:/s', '{ dockerSocket: true }')).toEqual([]);
});

it.each(['/var/runner', '/srv/docker.sock', '/run/docker.sock.d', '/var/run/shop'])(
  '%s is an ordinary folder',
  (source) => {
    expect(refused(`${source}:/s`, EVERY_FOLDER)).toEqual([]);
  },
);

it('a folder is the same however its path is written', () => {
  expect(refused('/var/run/docker.sock/:/s', '{}', ['/var//run/docker.sock:/old'])).toEqual([]);
  expect(refused('/srv/shop:/s', '{}', ['/srv/shop/:/old'])).toEqual([]);
});

it('another program inherits no risk', () => {
  const old = draftOfConfig(
    { name: 'shop', volumes: ['/var/run/docker.sock:/s'], capAdd: ['NET_ADMIN'], privileged: true },
    undefined,
  );
  const kinds = (before: typeof old | undefined) =>
    risksOf(old, true, before, NONE).flatMap(({ kind, inherited }) => (inherited ? kind : []));
  expect(kinds(old)).toEqual(expect.arrayContaining(['privileged', 'docker-socket', 'capability', 'no-memory-limit']));
  expect(kinds(undefined)).toEqual([]);
});

it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
  ['a bound folder', { type: 'none', o: 'bind', device: '/etc' }, ['bind /etc']],
  ['a folder bound with what is below it', { o: 'ro,rbind', device: '/srv//x/' }, ['bind /srv/x']],
  ['the folder of the socket', { o: 'bind', device: '/var/run' }, ['docker-socket /var/run', 'bind /var/run']],
  [
    'layers of an overlay',
    { type: 'overlay', device: 'overlay', o: 'lowerdir=/a:/b,upperdir=/c,workdir=/d' },
    ['bind /a', 'bind /b', 'bind /c', 'bind /d'],
  ],
  [
    'layers of an overlay that are added one by one',
    { type: 'overlay', device: 'overlay', o: 'lowerdir+=/a' },
    ['bind /a'],
  ],
  ['a folder without its first slash', { type: 'none', o: 'bind', device: 'etc' }, ['bind /etc']],
  ['processes of the host', { type: 'proc', device: 'proc' }, ['bind /proc']],
  ['devices of the host', { type: 'devtmpfs', device: '/x' }, ['bind /dev', 'device /x']],
  ['a share of Windows', { type: 'cifs', o: 'addr=10.0.0.1', device: '//nas/shop' }, []],
  ['memory', { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }, []],
  ['a disk', { type: 'ext4', device: '/dev/sda1' }, ['device /dev/sda1']],
  ['a share', { type: 'nfs', o: 'addr=10.0.0.1', device: ':/export' }, []],
])('a volume that is %s is judged as such', (_, options, facts) => {
  const draft = withOverrides(draftOfConfig({ name: 'shop', memory: 1 << 25 }, undefined), { volumes: ['data:/x'] });
  const found = risksOf(draft, true, undefined, { isOwn: () => true, options: new Map([['data', options]]) });
  const said = found.map(({ kind, what }) => `${kind} ${what}`).filter((one) => !one.startsWith('no-'));
  expect(said.toSorted()).toEqual(facts.toSorted());
});

it.each([
  ['/var/lib/docker/volumes/bank_data/_data', ['volume bank_data']],
  ['/var/lib/docker/165536.165536/volumes/bank_data', ['volume bank_data']],
  ['/var/lib/containers/storage/volumes/bank_data/_data/sub', ['volume bank_data']],
  ['/var/lib/docker/volumes', ['docker-socket /var/lib/docker/volumes']],
  ['/var/lib/docker/overlay2', ['docker-socket /var/lib/docker/overlay2']],
  ['/var/lib', ['docker-socket /var/lib']],
  ['/var/lib/dockers', []],
])('%s is more than an ordinary folder', (folder, facts) => {
  const draft = withOverrides(draftOfConfig({ name: 'shop', memory: 1 << 25 }, undefined), {
    volumes: [`${folder}:/x`],
  });
  const found = risksOf(draft, true, undefined, { isOwn: (name) => name === 'shop', options: new Map() });
  const said = found.map(({ kind, what }) => `${kind} ${what}`).filter((one) => !/^(?:no-|bind)/u.test(one));
  expect(said).toEqual(facts);
});

/** Facts of other settings than those a config can give, as an engine inspects them. */
function factsOf(hostConfig: Readonly<Record<string, unknown>>): string[] {
  const draft = draftOfConfig({ name: 'shop', memory: 1 << 25 }, undefined);
  const found = risksOf({ ...draft, hostConfig: { ...draft.hostConfig, ...hostConfig } }, true, undefined, NONE);
  return found.map(({ kind, what }) => `${kind} ${what}`).filter((one) => !one.startsWith('no-'));
}

const HIDDEN = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/sys/firmware',
];
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

it.each<[Readonly<Record<string, unknown>>, readonly string[]]>([
  [{ SecurityOpt: ['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'] }, ['security seccomp={…}']],
  [{ SecurityOpt: ['seccomp:unconfined', 'apparmor=mine'] }, ['security seccomp=unconfined', 'security apparmor=mine']],
  [
    { SecurityOpt: ['label=type:spc_t', 'label:level:s0:c1'] },
    ['security label=type:spc_t', 'security label=level:s0:c1'],
  ],
  [{ SecurityOpt: ['writable-cgroups=true'] }, ['security writable-cgroups=true']],
  [{ SecurityOpt: ['no-new-privileges', 'no-new-privileges:true', 'apparmor=docker-default'] }, []],
  [{ MaskedPaths: HIDDEN, ReadonlyPaths: READ_ONLY }, []],
  [{ MaskedPaths: null, ReadonlyPaths: null }, []],
  [{ MaskedPaths: [], ReadonlyPaths: [] }, ['security systempaths=unconfined']],
  [{ MaskedPaths: [], ReadonlyPaths: [], Privileged: true }, ['privileged ']],
  [{ MaskedPaths: HIDDEN.filter((path) => path !== '/proc/kcore') }, ['security /proc/kcore visible']],
  [
    { MaskedPaths: HIDDEN, ReadonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq'] },
    ['security /proc/sys writable', 'security /proc/sysrq-trigger writable'],
  ],
  [
    { NetworkMode: 'container:vpn', PidMode: 'container:db', IpcMode: 'shareable' },
    ['container-namespace network=container:vpn', 'container-namespace pid=container:db'],
  ],
])('%j has the risks %j', (hostConfig, facts) => {
  expect(factsOf(hostConfig)).toEqual(facts);
});

it('a Swarm service on the host’s network, or with a profile of its own, has these risks', () => {
  const task = (more: object) => ({ TaskTemplate: { Networks: [], ContainerSpec: {}, ...more } }) as never;
  const said = (more: object) => swarmRisks(task(more), ['hostid']).map(({ kind, what }) => `${kind} ${what}`);
  expect(said({ Networks: [{ Target: 'overlay' }] })).toEqual([]);
  expect(said({ Networks: [{ Target: 'overlay' }, { Target: 'hostid' }] })).toEqual(['host-namespace network']);
  expect(said({ ContainerSpec: { Privileges: { Seccomp: { Mode: 'custom', Profile: 'e30=' } } } })).toEqual([
    'security seccomp={…}',
  ]);
  expect(said({ ContainerSpec: { Privileges: { SELinuxContext: { Type: 'spc_t' } } } })).toEqual(['security label=…']);
});
