import type { RawContainer } from '../shapes/raw.ts';
import type { Draft, Endpoint, Fields } from './draft.ts';
import { describeMount, mountsIn } from './mounts.ts';
import { variableName } from './overrides.ts';
import type { Change } from './types.ts';

interface Sides {
  /** Settings of the running container without the image's defaults. */
  readonly own: Draft;
  /** The running container with the image's defaults. */
  readonly raw: RawContainer;
  readonly next: Draft;
}

/** Settings that differ between the running container and the next one. Values that may be secret are not shown. */
export function changesOf(sides: Sides): Change[] {
  const networks = compareNetworks(sides);
  // The mode of a container on networks is the first of them, and said with them.
  const isSaid = networks.length > 0 && isOnNetworks(sides.own) && isOnNetworks(sides.next);
  const settings = isSaid ? SETTINGS.filter(({ key }) => key !== 'NetworkMode') : SETTINGS;
  return [
    ...settings.flatMap((setting) => compareSetting(setting, sides)),
    ...otherSettings(sides).flatMap((setting) => compareSetting(setting, sides)),
    ...comparePairs('environment', sides, (draft) => envOf(draft.config['Env'])),
    ...comparePairs('label', sides, (draft) => (draft.config['Labels'] ?? {}) as Fields),
    ...compareMounts(sides),
    ...networks,
  ];
}

interface Setting {
  readonly name: string;
  readonly part: 'config' | 'hostConfig';
  readonly key: string;
  readonly show: (value: unknown) => string;
  readonly secret?: boolean;
}

const json = (value: unknown) => JSON.stringify(value);
const words = (value: unknown) => (value as readonly string[]).join(' ');
const listed = (value: unknown) => (value as readonly string[]).join(', ');
const yes = (value: unknown) => (value ? 'yes' : 'no');

const SETTINGS: readonly Setting[] = [
  { name: 'command', part: 'config', key: 'Cmd', show: words, secret: true },
  { name: 'entrypoint', part: 'config', key: 'Entrypoint', show: words, secret: true },
  { name: 'user', part: 'config', key: 'User', show: String },
  { name: 'working directory', part: 'config', key: 'WorkingDir', show: String },
  { name: 'host name', part: 'config', key: 'Hostname', show: String },
  { name: 'MAC address', part: 'config', key: 'MacAddress', show: String },
  { name: 'stop signal', part: 'config', key: 'StopSignal', show: String },
  { name: 'stop timeout', part: 'config', key: 'StopTimeout', show: (seconds) => `${seconds} s` },
  { name: 'health check', part: 'config', key: 'Healthcheck', show: healthcheck },
  { name: 'memory', part: 'hostConfig', key: 'Memory', show: bytes },
  { name: 'memory reserved', part: 'hostConfig', key: 'MemoryReservation', show: bytes },
  { name: 'cpus', part: 'hostConfig', key: 'NanoCpus', show: (nanos) => `${Number(nanos) / 1e9}` },
  { name: 'processes', part: 'hostConfig', key: 'PidsLimit', show: String },
  { name: 'restart', part: 'hostConfig', key: 'RestartPolicy', show: restart },
  { name: 'ports', part: 'hostConfig', key: 'PortBindings', show: bindings },
  { name: 'volumes from', part: 'hostConfig', key: 'VolumesFrom', show: listed },
  { name: 'network', part: 'hostConfig', key: 'NetworkMode', show: String },
  { name: 'links', part: 'hostConfig', key: 'Links', show: listed },
  { name: 'read-only', part: 'hostConfig', key: 'ReadonlyRootfs', show: yes },
  { name: 'privileged', part: 'hostConfig', key: 'Privileged', show: yes },
  { name: 'capabilities added', part: 'hostConfig', key: 'CapAdd', show: listed },
  { name: 'capabilities dropped', part: 'hostConfig', key: 'CapDrop', show: listed },
  { name: 'devices', part: 'hostConfig', key: 'Devices', show: devices },
  { name: 'device requests', part: 'hostConfig', key: 'DeviceRequests', show: json },
  { name: 'security options', part: 'hostConfig', key: 'SecurityOpt', show: listed },
  { name: 'extra hosts', part: 'hostConfig', key: 'ExtraHosts', show: listed },
  { name: 'dns', part: 'hostConfig', key: 'Dns', show: listed },
  { name: 'groups', part: 'hostConfig', key: 'GroupAdd', show: listed },
  { name: 'sysctls', part: 'hostConfig', key: 'Sysctls', show: json },
  { name: 'ulimits', part: 'hostConfig', key: 'Ulimits', show: json },
  { name: 'shared memory', part: 'hostConfig', key: 'ShmSize', show: bytes },
  { name: 'init', part: 'hostConfig', key: 'Init', show: yes },
  { name: 'process namespace', part: 'hostConfig', key: 'PidMode', show: String },
  { name: 'log', part: 'hostConfig', key: 'LogConfig', show: log },
];

/** Settings that are compared elsewhere, come from the image, or say how a container was started. */
const COMPARED_ELSEWHERE: readonly string[] = [
  ...SETTINGS.map(({ key }) => key),
  ...['Volumes', 'Binds', 'Mounts', 'Tmpfs'],
  ...['Env', 'Labels', 'ExposedPorts', 'AttachStdin', 'AttachStdout', 'AttachStderr', 'StdinOnce'],
  ...['ContainerIDFile', 'ConsoleSize', 'Cgroup', 'Isolation'],
  // Its default depends on the host.
  'CgroupnsMode',
];

/** Settings without a name in `SETTINGS`, under the engine's own name: no change of a setting may be hidden. */
function otherSettings({ own, next }: Sides): Setting[] {
  return (['config', 'hostConfig'] as const).flatMap((part) => {
    const all = [...new Set([...Object.keys(own[part]), ...Object.keys(next[part])])].toSorted();
    return all
      .filter((key) => !COMPARED_ELSEWHERE.includes(key))
      .map((key) => {
        const values = [own[part][key], next[part][key]];
        return { name: key, part, key, show: simple, secret: !values.every(isSimple) };
      });
  });
}

const isSimple = (value: unknown): boolean =>
  Array.isArray(value) ? value.every((item) => typeof item === 'string') : value === null || typeof value !== 'object';
const simple = (value: unknown) => (Array.isArray(value) ? value.join(', ') : value === true ? 'yes' : String(value));

/** Values that engines set by default. */
const DEFAULTS: Readonly<Record<string, readonly unknown[]>> = {
  RestartPolicy: [
    { Name: '', MaximumRetryCount: 0 },
    { Name: 'no', MaximumRetryCount: 0 },
  ],
  NetworkMode: ['default', 'bridge'],
  ShmSize: [67_108_864],
  LogConfig: [{ Type: 'json-file', Config: {} }],
  IpcMode: ['private'],
  PidMode: ['private'],
  UTSMode: ['private'],
  Runtime: ['runc', 'io.containerd.runc.v2', 'oci'],
  MemorySwappiness: [-1],
};

function compareSetting({ name, part, key, show, secret = false }: Setting, { own, raw, next }: Sides): Change[] {
  const wanted = settingOf(key, next[part]);
  const before = settingOf(key, own[part]);
  const actual = settingOf(key, part === 'config' ? raw.Config : raw.HostConfig);
  // A setting may repeat the image's default.
  const same = wanted === undefined ? before === undefined : [before, actual].some((value) => equal(value, wanted));
  if (same) return [];
  const text = (value: unknown) => (value === undefined ? 'not set' : secret ? 'set' : show(value));
  return [{ setting: name, from: text(before), to: secret && before && wanted ? 'changed' : text(wanted), secret }];
}

/** The value of a setting; undefined for every way of not setting it. */
function settingOf(key: string, all: Fields): unknown {
  const value = all[key];
  if (key === 'MaskedPaths' || key === 'ReadonlyPaths') return unmasksPaths(value, all) ? 'none' : undefined;
  if (key === 'MemorySwap' && value === 2 * Number(all['Memory'])) return undefined;
  // Added by the engine for these.
  if (key === 'SecurityOpt' && isUnconfined(all) && equal(value, ['label=disable'])) return undefined;
  if (value === null || value === undefined || value === '' || value === 0 || value === false) return undefined;
  if (typeof value === 'object' && Object.keys(value).length === 0) return undefined;
  return DEFAULTS[key]?.some((usual) => equal(usual, value)) ? undefined : value;
}

// Which kernel paths are hidden is the engine's own list, unless someone asked to hide none.
const unmasksPaths = (value: unknown, { Privileged }: Fields) =>
  Array.isArray(value) && value.length === 0 && !Privileged;

const isUnconfined = ({ Privileged, PidMode, IpcMode }: Fields) =>
  Privileged || PidMode === 'host' || IpcMode === 'host';

const equal = (a: unknown, b: unknown) => stable(a) === stable(b);

function stable(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    // A field that is absent and one that is false or 0 are equal.
    const entries = Object.entries(part).filter(([, item]) => item !== 0 && item);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function comparePairs(kind: string, { own, raw, next }: Sides, of: (draft: Draft) => Fields): Change[] {
  const [before, after] = [of(own), of(next)];
  const actual = of({ ...own, config: raw.Config });
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name): Change[] => {
    const [was, is] = [before[name], after[name]];
    if (was === is || (is !== undefined && is === actual[name])) return [];
    const to = is === undefined ? 'not set' : was === undefined ? 'set' : 'changed';
    return [{ setting: `${kind} ${name}`, from: was === undefined ? 'not set' : 'set', to, secret: true }];
  });
}

function envOf(env: unknown): Fields {
  const all = (env ?? []) as readonly string[];
  return Object.fromEntries(all.map((pair) => [variableName(pair), pair.slice(variableName(pair).length + 1)]));
}

/** Compares mounts by their path in the container, whichever way they were requested. */
function compareMounts({ own, next }: Sides): Change[] {
  const [before, after] = [mountsIn(own), mountsIn(next)];
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((path): Change[] => {
    const [was, is] = [before.get(path), after.get(path)];
    if (equal(was, is)) return [];
    const [from, to] = [describeMount(was), describeMount(is)];
    return [{ setting: `mount ${path}`, from, to: from === to ? `${to}, with other options` : to, secret: false }];
  });
}

/** Not in the network namespace of the host or of another container. */
function isOnNetworks({ hostConfig, endpoints }: Draft): boolean {
  const mode = settingOf('NetworkMode', hostConfig);
  return mode === undefined || endpoints.has(String(mode));
}

function compareNetworks({ own, next }: Sides): Change[] {
  const text = (draft: Draft) =>
    [...draft.endpoints]
      .map(([name, endpoint]) => endpointText(name, endpoint))
      .filter((words) => words !== 'bridge')
      .toSorted()
      .join(', ') || (draft.leftNetwork === undefined ? 'default' : `none, as it was taken off ${draft.leftNetwork}`);
  const [from, to] = [text(own), text(next)];
  return from === to ? [] : [{ setting: 'networks', from, to, secret: false }];
}

function endpointText(name: string, { aliases, rest }: Endpoint): string {
  const { IPAMConfig, MacAddress, ...others } = rest;
  const addresses = Object.values((IPAMConfig ?? {}) as Fields)
    .flat()
    .filter(Boolean);
  const details = [...aliases.toSorted(), ...addresses, ...(MacAddress ? [MacAddress] : []), ...Object.keys(others)];
  return details.length > 0 ? `${name} (${details.join(' ')})` : name;
}

function bytes(value: unknown): string {
  const count = Number(value);
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const step = Math.min(3, Math.floor(Math.log2(count) / 10));
  return `${Math.round((count / 1024 ** step) * 100) / 100} ${units[step]}`;
}

function restart(value: unknown): string {
  const { Name, MaximumRetryCount } = value as { Name: string; MaximumRetryCount: number };
  return MaximumRetryCount > 0 ? `${Name}:${MaximumRetryCount}` : Name;
}

function bindings(value: unknown): string {
  const all = value as Readonly<Record<string, readonly { HostIp: string; HostPort: string }[]>>;
  return Object.entries(all)
    .flatMap(([port, on]) => on.map(({ HostIp, HostPort }) => `${HostIp && `${HostIp}:`}${HostPort || 'any'}:${port}`))
    .join(', ');
}

function devices(value: unknown): string {
  return (value as readonly Fields[]).map((device) => String(device['PathOnHost'])).join(', ');
}

function healthcheck(value: unknown): string {
  return (value as { Test?: readonly string[] }).Test ? 'set' : 'other times';
}

function log(value: unknown): string {
  return String((value as { Type?: string }).Type);
}
