import { posix } from 'node:path';
import type { Draft, Fields } from './draft.ts';
import type { Bindings } from './spec.ts';
import type { Guarded, GuardedKind } from './types.ts';

type Listed = { readonly [key: string]: unknown };
type Fact = Pick<Guarded, 'kind' | 'what'>;

/** What a guardrail may object to in a container's settings; `before` are those of the container it replaces. */
export function risksOf(draft: Draft, hasHealthcheck: boolean, before: Draft | undefined): Guarded[] {
  const key = ({ kind, what }: Fact) => `${kind} ${what}`;
  // Whether the old one had a health check makes no difference to what is asked of the new one.
  const had = new Set(before ? factsOf(before, true).map(key) : []);
  return factsOf(draft, hasHealthcheck).map((fact) => ({ ...fact, inherited: had.has(key(fact)) }));
}

function factsOf({ config, hostConfig }: Draft, hasHealthcheck: boolean): Fact[] {
  const host = (key: string) => hostConfig[key];
  const restart = (host('RestartPolicy') as { Name?: string } | undefined)?.Name ?? '';
  const some = (kind: GuardedKind, all: readonly string[]) => all.map((what): Fact => ({ kind, what }));
  const missing: readonly (readonly [GuardedKind, boolean])[] = [
    ['no-memory-limit', !host('Memory')],
    ['no-pids-limit', Number(host('PidsLimit') ?? 0) <= 0],
    ['no-restart', restart === '' || restart === 'no'],
    ['no-healthcheck', !hasHealthcheck],
  ];
  const folders = binds(hostConfig);
  const runtime = String(host('Runtime') ?? '');
  return [
    ...(host('Privileged') ? some('privileged', ['']) : []),
    ...NAMESPACES.flatMap(([key, name]) => (host(key) === 'host' ? some('host-namespace', [name]) : [])),
    ...some('docker-socket', folders.filter(hasSocket)),
    ...some(
      'bind',
      folders.filter((folder) => !SOCKETS.includes(folder)),
    ),
    ...some('device', devices(hostConfig)),
    ...some('capability', strings(host('CapAdd'))),
    ...some('security', unconfined(hostConfig)),
    ...some('volumes-from', strings(host('VolumesFrom'))),
    ...some('sysctl', Object.keys((host('Sysctls') ?? {}) as Fields)),
    ...some('runtime', USUAL_RUNTIMES.includes(runtime) ? [] : [runtime]),
    ...some('cgroup', host('CgroupParent') ? [String(host('CgroupParent'))] : []),
    ...some('port', ports(hostConfig, config)),
    ...missing.flatMap(([kind, is]) => (is ? some(kind, ['']) : [])),
  ];
}

// One place: /var/run leads to /run.
const SOCKETS = ['/var/run/docker.sock', '/run/docker.sock'];
/** A folder the socket is in gives it as well. */
const hasSocket = (path: string) =>
  SOCKETS.some((socket) => socket === path || socket.startsWith(path === '/' ? path : `${path}/`));
const USUAL_RUNTIMES = ['', 'runc', 'io.containerd.runc.v2'];
// Not the control group's: there "host" is what engines on cgroup v1 give everybody.
const NAMESPACES = [
  ['NetworkMode', 'network'],
  ['PidMode', 'pid'],
  ['IpcMode', 'ipc'],
  ['UTSMode', 'uts'],
  ['UsernsMode', 'user'],
] as const;

function binds(hostConfig: Fields): string[] {
  const short = strings(hostConfig['Binds']).map((bind) => bind.split(':')[0] ?? '');
  const long = list(hostConfig['Mounts']).map((mount) =>
    mount['Type'] === 'bind' ? String(mount['Source']) : boundBy(mount),
  );
  return [...short, ...long].filter((source) => source.startsWith('/')).map(asMounted);
}

// An engine mounts `/srv//shop/` as `/srv/shop`. A path that climbs stays as it is, and no pattern lets it pass.
function asMounted(path: string): string {
  if (path.split('/').includes('..')) return path;
  return posix.normalize(path).replace(/(?<=.)\/$/u, '');
}

// A volume of the local driver can be a folder of the host in disguise.
function boundBy(mount: Listed): string {
  const options = (mount['VolumeOptions'] as { DriverConfig?: { Options?: Record<string, string> } } | undefined)
    ?.DriverConfig?.Options;
  return options?.['o']?.split(',').includes('bind') ? (options['device'] ?? '') : '';
}

function devices(hostConfig: Fields): string[] {
  return [
    ...list(hostConfig['Devices']).map((device) => String(device['PathOnHost'])),
    ...list(hostConfig['DeviceRequests']).map((request) => String(request['Driver'] || 'gpu')),
    ...strings(hostConfig['DeviceCgroupRules']),
  ];
}

function unconfined(hostConfig: Fields): string[] {
  const masked = hostConfig['MaskedPaths'];
  const isUnmasked = Array.isArray(masked) && masked.length === 0 && !hostConfig['Privileged'];
  const options = strings(hostConfig['SecurityOpt']).filter((option) =>
    /unconfined|label[=:]disable|no-new-privileges[=:]false/u.test(option),
  );
  return isUnmasked ? [...options, 'systempaths=unconfined'] : options;
}

function ports(hostConfig: Fields, config: Fields): string[] {
  const bindings = (hostConfig['PortBindings'] ?? {}) as Bindings;
  const all = hostConfig['PublishAllPorts'] ? Object.keys((config['ExposedPorts'] ?? {}) as Fields) : [];
  return [
    ...Object.entries(bindings).flatMap(([port, on]) =>
      on.map(({ HostIp, HostPort }) => address(HostIp, HostPort, port)),
    ),
    ...all.filter((port) => !(port in bindings)).map((port) => address('', '', port)),
  ];
}

function address(ip: string, hostPort: string, port: string): string {
  const host = ip.includes(':') ? `[${ip}]` : ip || '0.0.0.0';
  return `${host}:${hostPort}/${port.split('/')[1] ?? 'tcp'}`;
}

const strings = (value: unknown) => (value ?? []) as readonly string[];
const list = (value: unknown) => (value ?? []) as readonly Listed[];
