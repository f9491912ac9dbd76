import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, QUICK, type Raw, type Scene, SERVE } from './scene.ts';

const OLD_DEFAULTS = [
  SERVE,
  'ENV A=old B=old',
  'LABEL version=old only.old=1',
  'USER 0',
  'WORKDIR /old',
  'EXPOSE 81',
  'VOLUME /kept',
  'HEALTHCHECK --interval=40s --retries=4 CMD echo old',
];
const NEW_DEFAULTS = [
  SERVE,
  'ENV A=new C=new',
  'LABEL version=new',
  'WORKDIR /new',
  'EXPOSE 82',
  'HEALTHCHECK --interval=1s CMD echo new',
];

let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  await scene.publish('plain', [SERVE]);
  await scene.publish('plain2', [SERVE]);
  await scene.publish('old', OLD_DEFAULTS, { StopSignal: 'SIGINT' });
  await scene.publish('new', NEW_DEFAULTS, { StopSignal: 'SIGTERM' });
});
const networks: string[] = [];
afterAll(async () => {
  await scene?.close();
  for (const name of networks) await callEngine(scene.socket, 'DELETE', `/networks/${name}`);
});

async function network(): Promise<string> {
  const name = uniqueName('net');
  const octets = Array.from({ length: 2 }, () => 1 + Math.floor(Math.random() * 250));
  const Subnet = `10.199.${octets[0]}.0/24`;
  await mustCall(scene.socket, 'POST', '/networks/create', {
    Name: name,
    Internal: true,
    IPAM: { Config: [{ Subnet }] },
  });
  networks.push(name);
  return name;
}

/** Deploys `to` over a container that runs `from` with these settings; gives both inspections. */
async function cloned(from: string, to: string, body: Readonly<Record<string, unknown>>, name = uniqueName('shop')) {
  await scene.run(name, from, body);
  const before = await scene.inspect(name);
  const { run } = await prepare(scene, await scene.wanted(name, to, { rollout: { ...QUICK, strategy: 'stop-first' } }));
  const verdict = await runHost(scene.engine, run);
  expect(verdict).toMatchObject({ verdict: 'deployed' });
  return { before, after: await scene.inspect(verdict.containerId as string), name };
}

/** What people set; without what an engine gives each container anew. */
function settings({ Config, HostConfig, Mounts, NetworkSettings, ...raw }: Raw): Record<string, unknown> {
  const { Image: _, Hostname, Labels, ...config } = Config;
  const labels = Object.entries(Labels as object).filter(([key]) => !key.startsWith('fairlead.') && key !== 'salt');
  const networks = Object.entries(NetworkSettings.Networks).map(([name, at]) => {
    const { IPAMConfig, Links, DriverOpts, Aliases } = at as unknown as Record<string, unknown>;
    const aliases = ((Aliases ?? []) as string[]).filter((alias) => !raw.Id.startsWith(alias));
    return [name, { IPAMConfig, Links, DriverOpts, aliases }];
  });
  return {
    ...prefixed('config', config),
    ...prefixed('host', HostConfig),
    ...prefixed('label', Object.fromEntries(labels)),
    ...prefixed('network', Object.fromEntries(networks)),
    hostname: raw.Id.startsWith(String(Hostname)) ? 'its own' : Hostname,
    mounts: Mounts.map(({ Name, Destination }) => `${Name ?? ''}:${Destination}`).toSorted(),
    name: raw.Name,
  };
}

const prefixed = (prefix: string, fields: object) =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [`${prefix} ${key}`, value]));

const MANY = (net: string, address: string) => ({
  Cmd: ['sh', '-c', "trap 'exit 0' TERM; sleep 600 & wait"],
  Entrypoint: ['/bin/env'],
  Env: ['GREETING=hello', 'EMPTY='],
  Labels: { 'com.example.team': 'shop', 'com.docker.compose.project': 'p', 'com.docker.compose.service': 's' },
  User: '0:0',
  WorkingDir: '/tmp',
  Hostname: 'shop-host',
  Domainname: 'example.org',
  Tty: true,
  OpenStdin: true,
  StopSignal: 'SIGQUIT',
  StopTimeout: 3,
  ExposedPorts: { '80/tcp': {}, '9000/tcp': {} },
  Volumes: { '/anonymous': {} },
  Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9, Timeout: 5e9, Retries: 7, StartPeriod: 2e9 },
  HostConfig: {
    NetworkMode: net,
    Binds: ['/usr/share/doc:/doc:ro', `${net}:/named`],
    Mounts: [
      { Type: 'volume', Target: '/nameless' },
      { Type: 'tmpfs', Target: '/scratch', TmpfsOptions: { SizeBytes: 1e6 } },
    ],
    Tmpfs: { '/run': 'size=64k' },
    PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
    RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 4 },
    Memory: 64 * 1024 * 1024,
    MemoryReservation: 32 * 1024 * 1024,
    MemorySwap: 96 * 1024 * 1024,
    NanoCpus: 5e8,
    CpuShares: 512,
    CpusetCpus: '0',
    PidsLimit: 50,
    Ulimits: [{ Name: 'nofile', Soft: 1000, Hard: 2000 }],
    CapAdd: ['NET_ADMIN'],
    CapDrop: ['MKNOD', 'AUDIT_WRITE'],
    SecurityOpt: ['no-new-privileges'],
    Sysctls: { 'net.core.somaxconn': '256' },
    Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/nothing', CgroupPermissions: 'rwm' }],
    LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
    ExtraHosts: ['db:10.0.0.5'],
    Dns: ['10.9.9.9'],
    DnsSearch: ['example.org'],
    DnsOptions: ['ndots:2'],
    ShmSize: 8 * 1024 * 1024,
    Init: true,
    GroupAdd: ['100'],
    OomScoreAdj: 100,
    ReadonlyRootfs: true,
    IpcMode: 'shareable',
    CgroupParent: '/fairlead-test',
  },
  NetworkingConfig: {
    EndpointsConfig: { [net]: { Aliases: ['web', 'shop.internal'], IPAMConfig: { IPv4Address: address } } },
  },
});

describeWithEngine('an adopted container', { timeout: 90_000 }, () => {
  it('keeps every setting it was given, and the data of its volumes', async () => {
    const [net, second] = [await network(), await network()];
    const subnet = (
      JSON.parse(await mustCall(scene.socket, 'GET', `/networks/${net}`)) as { IPAM: { Config: { Subnet: string }[] } }
    ).IPAM.Config[0]?.Subnet;
    const address = `${subnet?.slice(0, subnet.lastIndexOf('.'))}.77`;
    const name = uniqueName('shop');
    await scene.run(name, 'plain', MANY(net, address));
    await mustCall(scene.socket, 'POST', `/networks/${second}/connect`, {
      Container: name,
      EndpointConfig: { Aliases: ['back'] },
    });
    for (const folder of ['/anonymous', '/nameless', '/named']) await write(name, `${folder}/data`, `of ${folder}`);
    const before = await scene.inspect(name);
    const plan = await planHost(scene.engine, 'web-1', await scene.wanted(name, 'plain2'));
    const { run } = await prepare(scene, await scene.wanted(name, 'plain2'));

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({ verdict: 'deployed' });
    const after = await scene.inspect(name);
    const [was, is] = [settings(before), settings(after)];
    const differing = Object.keys({ ...was, ...is }).filter(
      (key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]),
    );
    // The volumes without a name are now given by the one the engine chose.
    expect(differing).toEqual(['host Mounts']);
    expect(after.NetworkSettings.Networks[net]?.IPAddress).toBe(address);
    expect(after.NetworkSettings.Networks[second]?.Aliases).toContain('back');
    for (const folder of ['/anonymous', '/nameless', '/named'])
      expect(await read(name, `${folder}/data`)).toBe(`of ${folder}`);
    expect(plan).toMatchObject({ strategy: 'stop-first', changes: [] });
    expect(plan.why).toContain(`fixed address ${address}`);
    expect(plan.warnings.join(' ')).toMatch(/project p\b.* 80\/tcp /u);
    expect(plan.risks).toEqual(
      expect.arrayContaining([
        { kind: 'bind', what: '/usr/share/doc', inherited: true },
        { kind: 'device', what: '/dev/null', inherited: true },
        { kind: 'capability', what: 'NET_ADMIN', inherited: true },
        { kind: 'sysctl', what: 'net.core.somaxconn', inherited: true },
        { kind: 'cgroup', what: '/fairlead-test', inherited: true },
        { kind: 'port', what: '127.0.0.1:/tcp', inherited: true },
      ]),
    );
    expect(Object.keys(was).length).toBeGreaterThan(60);
  });

  it('takes the new image’s defaults, and keeps its anonymous volume', async () => {
    const name = uniqueName('shop');
    await scene.run(name, 'old', { Env: ['A=mine'], Labels: { mine: '1' }, HostConfig: { NetworkMode: 'none' } });
    await write(name, '/kept/data', 'precious');
    const { run } = await prepare(scene, await scene.wanted(name, 'new'));

    expect(await runHost(scene.engine, run)).toMatchObject({ verdict: 'deployed', strength: 'health check' });

    const { Config } = await scene.inspect(name);
    expect(Config).toMatchObject({
      WorkingDir: '/new',
      StopSignal: 'SIGTERM',
      User: '',
      ExposedPorts: { '82/tcp': {} },
    });
    expect(Config['Env']).toEqual(expect.arrayContaining(['A=mine', 'C=new']));
    expect(JSON.stringify(Config['Env'])).not.toContain('B=old');
    expect(Config['Labels']).toMatchObject({ version: 'new', mine: '1' });
    expect(Config['Labels']).not.toHaveProperty('only.old');
    expect(Config['Healthcheck']).toMatchObject({ Test: ['CMD-SHELL', 'echo new'], Interval: 1e9 });
    expect(await read(name, '/kept/data')).toBe('precious');
  });

  it.each([
    [
      'namespaces of the host',
      { NetworkMode: 'host', PidMode: 'host', UTSMode: 'host', IpcMode: 'host', RestartPolicy: { Name: 'no' } },
    ],
    [
      'a fixed MAC address and every exposed port',
      { PublishAllPorts: true, RestartPolicy: { Name: 'unless-stopped' } },
    ],
  ])('keeps %s', async (what, HostConfig) => {
    const own = what.startsWith('a fixed') ? { MacAddress: '02:42:0a:00:00:42', ExposedPorts: { '80/tcp': {} } } : {};
    const { before, after } = await cloned('plain', 'plain2', { HostConfig, ...own });
    expect(settings(after)).toEqual(settings(before));
  });

  it('keeps its shared namespaces, volumes and links by name', async () => {
    const provider = uniqueName('provider');
    const providerId = await scene.run(provider, 'plain', {
      HostConfig: { NetworkMode: 'bridge' },
      Volumes: { '/lent': {} },
    });
    const shared = await cloned('plain', 'plain2', {
      HostConfig: { NetworkMode: `container:${providerId}`, VolumesFrom: [`${providerId}:ro`] },
    });
    const linked = await cloned('plain', 'plain2', {
      HostConfig: { NetworkMode: 'bridge', Links: [`${provider}:db`] },
    });

    expect(shared.after.HostConfig).toMatchObject({
      NetworkMode: `container:${providerId}`,
      VolumesFrom: [`${provider}:ro`],
    });
    expect(settings(shared.after)['mounts']).toEqual(settings(shared.before)['mounts']);
    expect(linked.after.HostConfig['Links']).toEqual([`/${provider}:/${linked.name}/db`]);
  });

  it.each([
    ['removes itself', { HostConfig: { AutoRemove: true } }, /removes itself when it stops/u],
    [
      'has more labels than are read',
      { Labels: Object.fromEntries(Array.from({ length: 5001 }, (_, at) => [`l${at}`, 'x'])) },
      /5000 labels or more/u,
    ],
    ['is a task of Swarm', { Labels: { 'com.docker.swarm.service.id': 'x' } }, /task of a Swarm service/u],
  ])('is refused when it %s', async (_, body, words) => {
    const name = uniqueName('shop');
    await scene.run(name, 'plain', body);
    await expect(planHost(scene.engine, 'web-1', await scene.wanted(name, 'plain2'))).rejects.toMatchObject({
      reason: 'cannot_adopt',
      message: expect.stringMatching(words),
    });
  });

  it('is refused when its image is gone', async () => {
    const name = uniqueName('shop');
    await scene.publish('doomed', [SERVE]);
    await scene.run(name, 'doomed');
    await mustCall(scene.socket, 'POST', `/containers/${name}/kill`);
    const { Image } = await scene.inspect(name);
    expect((await callEngine(scene.socket, 'DELETE', `/images/${Image}?force=true`)).status).toBe(200);

    await expect(planHost(scene.engine, 'web-1', await scene.wanted(name, 'plain2'))).rejects.toMatchObject({
      reason: 'cannot_adopt',
      message: expect.stringContaining('no longer on the host'),
    });
  });
});

async function exec(name: string, Cmd: readonly string[]): Promise<string> {
  const made = await mustCall(scene.socket, 'POST', `/containers/${name}/exec`, { Cmd, AttachStdout: true, Tty: true });
  const { Id } = JSON.parse(made) as { Id: string };
  return (await mustCall(scene.socket, 'POST', `/exec/${Id}/start`, { Tty: true })).trim();
}

const write = (name: string, path: string, text: string) => exec(name, ['sh', '-c', `echo ${text} >${path}`]);
const read = (name: string, path: string) => exec(name, ['cat', path]);
