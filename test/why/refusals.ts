import type { Row } from './provoke.ts';
import { sh } from './scene.ts';

const refused: Pick<Row, 'until'> = { until: ({ State }) => State.Error !== '' || State.Status === 'exited' };
const LONG = 'sleep 600 & wait';

/** What an engine refuses to start. */
export const REFUSALS: readonly Row[] = [
  {
    what: 'a port that another container has',
    expected: 'port-taken',
    body: sh(LONG),
    async before({ neighbour, call }) {
      const ports = { HostConfig: { PublishAllPorts: true }, ExposedPorts: { '80/tcp': {} } };
      const other = await neighbour({ ...sh(LONG), ...ports });
      const { NetworkSettings } = JSON.parse(await call('GET', `/containers/${other}/json`)) as Published;
      const bound = NetworkSettings.Ports['80/tcp']?.find(({ HostIp }) => HostIp === '0.0.0.0');
      return {
        ExposedPorts: { '80/tcp': {} },
        HostConfig: { NetworkMode: 'bridge', PortBindings: { '80/tcp': [{ HostPort: bound?.HostPort }] } },
      };
    },
    until: () => true,
  },
  {
    what: 'a folder of the host mounted over a file',
    expected: 'mount-file-over-folder',
    body: { ...sh('true'), HostConfig: { Binds: ['/tmp:/bin/busybox'] } },
    ...refused,
  },
  {
    what: 'a file of the host mounted over a folder',
    expected: 'mount-file-over-folder',
    body: { ...sh('true'), HostConfig: { Binds: ['/etc/hostname:/etc'] } },
    ...refused,
  },
  {
    what: 'a device that the host does not have',
    expected: 'device-missing',
    body: {
      ...sh('true'),
      HostConfig: { Devices: [{ PathOnHost: '/dev/nope', PathInContainer: '/dev/nope', CgroupPermissions: 'rwm' }] },
    },
    ...refused,
  },
  {
    what: 'a GPU that the host does not have',
    expected: 'gpu-missing',
    body: { ...sh('true'), HostConfig: { DeviceRequests: [{ Count: -1, Capabilities: [['gpu']] }] } },
    ...refused,
  },
  {
    what: 'a group that the image does not have',
    expected: 'user-missing',
    body: { ...sh('true'), User: '0:nosuchgroup' },
    ...refused,
  },
  {
    what: 'a kernel setting that is not for containers',
    expected: 'sysctl-refused',
    body: { ...sh('true'), HostConfig: { NetworkMode: 'bridge', Sysctls: { 'net.ipv4.nope': '1' } } },
    ...refused,
  },
  {
    what: 'a working directory that is a file',
    expected: 'working-dir',
    body: { ...sh('true'), WorkingDir: '/bin/busybox' },
    isRefusedAtOnce: true,
  },
  {
    what: 'a fixed address on the default network',
    expected: 'fixed-address',
    body: {
      ...sh('true'),
      HostConfig: { NetworkMode: 'bridge' },
      NetworkingConfig: { EndpointsConfig: { bridge: { IPAMConfig: { IPv4Address: '172.17.0.77' } } } },
    },
    isRefusedAtOnce: true,
  },
  {
    what: 'its network was removed',
    expected: 'network-missing',
    body: sh('true'),
    async before({ network }) {
      return { HostConfig: { NetworkMode: await network() } };
    },
    isNotStarted: true,
    async after({ call, tryCall, name }) {
      const { HostConfig } = JSON.parse(await call('GET', `/containers/${name}/json`)) as {
        HostConfig: { NetworkMode: string };
      };
      await call('DELETE', `/networks/${HostConfig.NetworkMode}`);
      await tryCall('POST', `/containers/${name}/start`);
    },
    ...refused,
  },
  {
    what: 'the container whose network it shares does not run',
    expected: 'joined-container-gone',
    body: sh('true'),
    async before({ neighbour }) {
      const other = await neighbour(sh('true'), { start: false });
      return { HostConfig: { NetworkMode: `container:${other}` } };
    },
    ...refused,
  },
  {
    what: 'the container whose network it shares was removed',
    expected: 'joined-container-gone',
    body: sh('true'),
    isNotStarted: true,
    async before({ neighbour }) {
      const other = await neighbour(sh(LONG));
      return { HostConfig: { NetworkMode: `container:${other}` } };
    },
    async after({ call, tryCall, name }) {
      const { HostConfig } = JSON.parse(await call('GET', `/containers/${name}/json`)) as {
        HostConfig: { NetworkMode: string };
      };
      await call('DELETE', `/containers/${HostConfig.NetworkMode.slice('container:'.length)}?force=true`);
      await tryCall('POST', `/containers/${name}/start`);
    },
    ...refused,
  },
  {
    what: 'a mounted folder that was removed',
    expected: 'mount-source-missing',
    body: sh('true'),
    async before() {
      return { HostConfig: { Mounts: [{ Type: 'bind', Source: '/no/such/folder', Target: '/data' }] } };
    },
    isRefusedAtOnce: true,
  },
  {
    what: 'a volume whose source does not exist',
    expected: 'volume-driver-missing',
    body: sh('true'),
    async before({ volume }) {
      return {
        HostConfig: { Binds: [`${await volume({ type: 'none', o: 'bind', device: '/no/such/folder' })}:/data`] },
      };
    },
    isRefusedAtOnce: true,
  },
  {
    what: 'a log server that is not reachable',
    expected: 'log-driver',
    body: {
      ...sh('true'),
      HostConfig: { LogConfig: { Type: 'syslog', Config: { 'syslog-address': 'tcp://127.0.0.1:1' } } },
    },
    ...refused,
  },
  {
    what: 'an entrypoint for another processor',
    expected: 'wrong-architecture',
    body: { Entrypoint: ['/tmp/app'], Cmd: [] },
    isNotStarted: true,
    async after({ putFile, tryCall, name }) {
      await putFile('/tmp/app', ARM_PROGRAM);
      await tryCall('POST', `/containers/${name}/start`);
    },
  },
  {
    what: 'a script with Windows line ends',
    expected: 'interpreter-missing',
    body: { Entrypoint: ['/tmp/start.sh'], Cmd: [] },
    isNotStarted: true,
    async after({ putFile, tryCall, name }) {
      await putFile('/tmp/start.sh', '#!/bin/sh\r\necho hello\r\n');
      await tryCall('POST', `/containers/${name}/start`);
    },
  },
  {
    what: 'a script whose interpreter the image does not have',
    expected: 'interpreter-missing',
    body: { Entrypoint: ['/tmp/start.sh'], Cmd: [] },
    isNotStarted: true,
    async after({ putFile, tryCall, name }) {
      await putFile('/tmp/start.sh', '#!/usr/bin/python3\nprint("hello")\n');
      await tryCall('POST', `/containers/${name}/start`);
    },
  },
  {
    what: 'a script without its first line',
    expected: 'wrong-architecture',
    body: { Entrypoint: ['/tmp/start'], Cmd: [] },
    isNotStarted: true,
    async after({ putFile, tryCall, name }) {
      await putFile('/tmp/start', 'echo hello\n');
      await tryCall('POST', `/containers/${name}/start`);
    },
  },
  {
    what: 'an entrypoint without the executable bit',
    expected: 'not-executable',
    body: { Entrypoint: ['/tmp/start.sh'], Cmd: [] },
    isNotStarted: true,
    async after({ putFile, tryCall, name }) {
      await putFile('/tmp/start.sh', '#!/bin/sh\necho hello\n', 0o644);
      await tryCall('POST', `/containers/${name}/start`);
    },
    ...refused,
  },
];

interface Published {
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>>;
  };
}

/** The head of a program for 64-bit ARM, which no other processor runs. */
const ARM_PROGRAM = Buffer.from('7f454c4602010100000000000000000002 00b700'.replace(' ', '').padEnd(256, '0'), 'hex');
