import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fakeEngine, ID, json } from '../docker/fake-engine.ts';
import { openDesk } from './desk.ts';

const image = { Id: `sha256:${ID}`, RepoTags: ['busybox:1.0'], RepoDigests: [], Size: 1, Config: {} };

interface Body {
  readonly Image: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly HostConfig: {
    readonly Memory?: number;
    readonly NanoCpus?: number;
    readonly PidsLimit?: number;
    readonly Privileged?: boolean;
    readonly NetworkMode: string;
    readonly Binds?: readonly string[];
    readonly Mounts?: readonly unknown[];
    readonly CapAdd?: readonly string[];
    readonly PortBindings?: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>>;
    readonly [more: string]: unknown;
  };
  readonly [more: string]: unknown;
}

/** Fields that `/run` may send, and no others: privileges would come by one of these or by a new one. */
const CONFIG =
  /^(?:Image|Labels|HostConfig|NetworkingConfig|Env|Cmd|Entrypoint|User|WorkingDir|ExposedPorts|Volumes|Healthcheck)$/u;
const HOST =
  /^(?:Memory|NanoCpus|PidsLimit|NetworkMode|Binds|CapAdd|CapDrop|PortBindings|RestartPolicy|ReadonlyRootfs)$/u;

const options = [
  ...[
    '',
    '-m 64m',
    '-m=1g',
    '--memory 8m',
    '--memory=64m',
    '-m64m',
    '-m 9g',
    '-m 0',
    '-m -1',
    '-m 1e9',
    '–m 64m',
    '—memory 2g',
    '-m "64m"',
    '-m “9g”',
  ],
  ...['--cpus 1', '--cpus=64', '--cpus 0', '--pids-limit 50', '--pids-limit=-1', '--pids 99999', '--pids-limit 0'],
  ...[
    '-p 80:80',
    '-p 8080:80',
    '-p 127.0.0.1:80:80/tcp',
    '-p 0.0.0.0:80:80',
    '-p [::]:443:443',
    '-p [::1]:443:443',
    '-p 80',
    '-p 1000-1010:1000-1010',
    '-p :80',
    '-P',
    '--publish=22:22',
    '-p22:22',
    '-p 8080:80/udp',
    '-p 0:80',
    '-p 080:80',
    '-p 65616:80',
  ],
  ...[
    '-v /etc:/x',
    '-v /srv/a:/x',
    '-v /srv/../etc:/x',
    '-v //etc:/x',
    '-v /srv/.:/x',
    '-v /var/run/docker.sock:/s:ro',
    '-v /:/x',
    '-v new:/x',
    '-v old:/x',
    '-v /data',
    '-v ./a:/x',
    '-v ~:/x',
    '-v=/etc:/x',
    '-v"/etc:/x"',
    '–v /etc:/x',
    '-v /srv/a:/x:rshared',
  ],
  ...[
    '--mount type=bind,src=/etc,dst=/x',
    '--mount type=bind,source=/srv/a,target=/x,readonly',
    '--mount src=old,dst=/x',
    '--mount dst=/x',
    '--mount type=tmpfs,dst=/x',
    '--mount type=volume,dst=/x,volume-opt=o=bind,volume-opt=device=/',
    '--mount type=bind,src=/etc:/y,dst=/x',
    '--mount type=bind,src=/srv/../etc,dst=/x',
    '--mount type=bind,type=volume,src=/etc,dst=/x',
    '--mount “type=bind,src=/etc,dst=/x”',
  ],
  ...[
    '--privileged',
    '--privileged=true',
    '--privileged=false',
    '—privileged',
    '--cap-add SYS_ADMIN',
    '--cap-add=cap_net_admin',
    '--cap-add ALL',
    '--cap-drop ALL',
    '--device /dev/sda',
    '--security-opt seccomp=unconfined',
    '--pid host',
    '--ipc=host',
    '--uts host',
    '--userns host',
    '--cgroupns host',
    '--volumes-from shop',
    '--runtime x',
    '--sysctl a=1',
    '--gpus all',
    '--cgroup-parent x',
  ],
  ...[
    '--network host',
    '--net=host',
    '--network container:shop',
    '--network bridge',
    '--network=none',
    '--restart always',
    '--restart on-failure:3',
    '--rm',
    '-d',
    '--name shop',
    '--name free',
    '-l fairlead.run=x',
    '--label=fairlead.target=shop',
    '-l a=b',
    '-e A=1',
    '--env-file x',
    '--entrypoint sh',
    '-u root',
    '-w /',
    '--read-only',
    '--health-cmd "curl localhost"',
    '--health-cmd=x',
    '@web-1',
  ],
];

it('/run sends nothing that the config does not allow, however it is typed', { timeout: 180_000 }, async () => {
  await using fake = await fakeEngine({
    'GET /containers/json': json([
      { Id: 'a'.repeat(64), Names: ['/other'], State: 'running', Status: 'Up', ImageID: image.Id },
    ]),
    'GET /networks': json([
      { Id: 'b'.repeat(64), Name: 'bridge', Driver: 'bridge' },
      { Id: 'c'.repeat(64), Name: 'host', Driver: 'host' },
    ]),
    'GET /volumes': json({ Volumes: [{ Name: 'old', Labels: {}, Options: {} }] }),
    'GET /info': json({ Name: 'x', DockerRootDir: '/' }),
    'GET /images/docker.io/library/busybox%3A1.0/json': json(image),
    // What was sent is all that is asked here.
    'POST /containers/create': json({ message: 'no' }, 409),
  });
  await using own = await openDesk({ 'web-1': fake.socketPath }, ['run'], {
    run: { memory: '1g', cpus: 2, pids: 500 },
    guardrails: { allow: { binds: ['/srv/**'], capabilities: ['NET_ADMIN'] }, require: ['memory', 'pids'] },
    images: { allow: ['docker.io/library/busybox'] },
    services: { shop: { image: 'busybox', hosts: 'all', container: { memory: '64m' } } },
    budget: { commands: 10_000 },
  });
  const limits = fc.constantFrom('-m 64m --pids-limit 50', '--memory=1g --pids-limit=500', '');
  const some = fc.array(fc.constantFrom(...options), { maxLength: 3 });
  const command = fc.constantFrom('', 'sh -c "-m 9g"', '--privileged', '-v /etc:/x', '"--" -p 80:80');
  const named = fc.constantFrom('busybox:1.0', 'busybox:1.0', 'busybox:1.0', 'nginx:1', 'evil.io/library/busybox:1.0');

  // Of two mounts of one path both are judged, in either order.
  const [taken, free] = [
    ['-v old:/x', '--mount src=old,dst=/x/'],
    ['-v new:/x', '--tmpfs /x', '-v /srv/a:/x'],
  ];
  for (const [one, other] of taken.flatMap((one) => free.map((other) => [one, other] as const)))
    for (const both of [`${one} ${other}`, `${other} ${one}`])
      await own.say(`/run -m 64m --pids-limit 50 ${both} busybox:1.0`);
  await fc.assert(
    fc.asyncProperty(limits, some, named, command, async (limit, more, ref, behind) => {
      await own.say(`/run ${[limit, ...more, ref, behind].join(' ')}`);
    }),
    { numRuns: 700 },
  );

  const sent = fake.asked
    .filter(({ line }) => line.includes('/containers/create'))
    .map(({ line, body }) => ({ line, ...(JSON.parse(body) as Body) }));
  expect(sent.length).toBeGreaterThan(40);
  for (const { line, HostConfig: host, ...config } of sent) {
    expect(config.Image).toBe('docker.io/library/busybox:1.0');
    expect(line).not.toMatch(/name=shop(?:&|$)/u);
    expect(Object.keys(config).filter((key) => !CONFIG.test(key))).toEqual([]);
    expect(Object.keys(host).filter((key) => !HOST.test(key))).toEqual([]);
    expect(
      Object.keys(config.Labels)
        .filter((key) => key.startsWith('fairlead.'))
        .toSorted(),
    ).toEqual(['fairlead.run', 'fairlead.run.by']);
    expect(config.Labels['fairlead.run']).toMatch(/^[0-9A-Z]{26}$/u);
    expect(host.Memory).toBeGreaterThanOrEqual(1);
    expect(host.Memory).toBeLessThanOrEqual(1024 ** 3);
    expect(host.NanoCpus ?? 0).toBeLessThanOrEqual(2e9);
    expect(host.PidsLimit).toBeGreaterThanOrEqual(1);
    expect(host.PidsLimit).toBeLessThanOrEqual(500);
    expect(host.NetworkMode).toMatch(/^(?:default|bridge|none)$/u);
    for (const bind of host.Binds ?? []) expect(bind).toMatch(/^(?:\/srv\/[a-z]+|new):\/x(?::|$)/u);
    expect((host.CapAdd ?? []).filter((one) => one !== 'NET_ADMIN')).toEqual([]);
    for (const { HostIp, HostPort } of Object.values(host.PortBindings ?? {}).flat())
      if (!/^(?:127\.0\.0\.1|::1)$/u.test(HostIp) && HostPort !== '')
        expect(Number(HostPort)).toBeGreaterThanOrEqual(1024);
  }
});
