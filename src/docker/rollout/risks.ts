import { lessConfined } from './confinement.ts';
import type { Draft, Fields } from './draft.ts';
import {
  deviceBehindVolume,
  driverOptions,
  folderRisks,
  foldersBehindVolume,
  normalizeFolder,
  volumeOfFolder,
} from './folders.ts';
import { mountList } from './mounts.ts';
import type { Bindings } from './spec.ts';
import type { Guarded, GuardedKind } from './types.ts';

type Listed = { readonly [key: string]: unknown };
type Fact = Pick<Guarded, 'kind' | 'what'>;

/** Facts about the volumes of a container. */
export interface VolumeFacts {
  isOwn(name: string): boolean;
  /** Options of the local driver by volume name, for existing volumes. */
  readonly options: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/**
 * Facts about a container's settings that a guardrail may forbid. `before` are the settings of the replaced container
 * if it is the same program: a risk belongs to a program, so another one inherits none.
 */
export function risksOf(
  draft: Draft,
  hasHealthcheck: boolean,
  before: Draft | undefined,
  volumes: VolumeFacts,
): Guarded[] {
  const key = ({ kind, what }: Fact) => `${kind} ${what}`;
  // A health check is required of the new version whether or not the old one had one.
  const had = new Set(before ? factsOf(before, true, volumes).map(key) : []);
  return factsOf(draft, hasHealthcheck, volumes).map((fact) => ({ ...fact, inherited: had.has(key(fact)) }));
}

function factsOf(draft: Draft, hasHealthcheck: boolean, volumes: VolumeFacts): Fact[] {
  const { config, hostConfig } = draft;
  const host = (key: string) => hostConfig[key];
  const some = (kind: GuardedKind, all: readonly string[]) => all.map((what): Fact => ({ kind, what }));
  const named = mountList(draft).flatMap(([, { kind, source }]) => (kind === 'volume' && source ? [source] : []));
  const disguised = [
    ...driverOptions(list(hostConfig['Mounts'])),
    ...named.map((name) => volumes.options.get(name) ?? {}),
  ];
  const folders = [...binds(hostConfig), ...disguised.flatMap(foldersBehindVolume)].map(normalizeFolder);
  const runtime = String(host('Runtime') ?? '');
  return [
    ...(host('Privileged') ? some('privileged', ['']) : []),
    ...NAMESPACES.flatMap(([key, name]) => (host(key) === 'host' ? some('host-namespace', [name]) : [])),
    ...NAMESPACES.flatMap(([key, name]) => some('container-namespace', joined(name, host(key)))),
    ...folderRisks(folders),
    ...some(
      'volume',
      [...new Set([...named, ...folders.flatMap(volumeOfFolder)])].filter((name) => !volumes.isOwn(name)),
    ),
    ...some('device', disguised.flatMap(deviceBehindVolume)),
    ...some('device', devices(hostConfig)),
    ...some('capability', strings(host('CapAdd'))),
    ...some('security', lessConfined(hostConfig)),
    ...some('volumes-from', strings(host('VolumesFrom'))),
    ...some('sysctl', Object.keys((host('Sysctls') ?? {}) as Fields)),
    ...some('runtime', USUAL_RUNTIMES.includes(runtime) ? [] : [runtime]),
    ...some('cgroup', host('CgroupParent') ? [String(host('CgroupParent'))] : []),
    ...some('port', ports(hostConfig, config)),
    ...missingLimits(hostConfig).flatMap((kind) => some(kind, [''])),
    ...(hasHealthcheck ? [] : some('no-healthcheck', [''])),
  ];
}

/** Limits that these settings lack; they can be changed on an existing container as well. */
export function missingLimits(hostConfig: Fields): GuardedKind[] {
  const restart = (hostConfig['RestartPolicy'] as { Name?: string } | undefined)?.Name ?? '';
  const missing: readonly (readonly [GuardedKind, boolean])[] = [
    ['no-memory-limit', !hostConfig['Memory']],
    ['no-pids-limit', Number(hostConfig['PidsLimit'] ?? 0) <= 0],
    ['no-restart', restart === '' || restart === 'no'],
  ];
  return missing.flatMap(([kind, is]) => (is ? kind : []));
}

const USUAL_RUNTIMES = ['', 'runc', 'io.containerd.runc.v2'];
// Without the cgroup namespace: on cgroup v1 engines set it to "host" for every container.
const NAMESPACES = [
  ['NetworkMode', 'network'],
  ['PidMode', 'pid'],
  ['IpcMode', 'ipc'],
  ['UTSMode', 'uts'],
  ['UsernsMode', 'user'],
] as const;

function joined(name: string, mode: unknown): string[] {
  return typeof mode === 'string' && mode.startsWith('container:') ? [`${name}=${mode}`] : [];
}

function binds(hostConfig: Fields): string[] {
  const short = strings(hostConfig['Binds']).map((bind) => bind.split(':')[0] ?? '');
  const long = list(hostConfig['Mounts']).map((mount) => (mount['Type'] === 'bind' ? String(mount['Source']) : ''));
  return [...short, ...long].filter((source) => source.startsWith('/'));
}

function devices(hostConfig: Fields): string[] {
  return [
    ...list(hostConfig['Devices']).map((device) => String(device['PathOnHost'])),
    ...list(hostConfig['DeviceRequests']).map((request) => String(request['Driver'] || 'gpu')),
    ...strings(hostConfig['DeviceCgroupRules']),
  ];
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
