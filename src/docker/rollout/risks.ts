import type { Draft, Fields } from './draft.ts';
import type { Bindings } from './spec.ts';
import type { Guarded } from './types.ts';

type Listed = { readonly [key: string]: unknown };

/** What a guardrail may object to in a container's settings. */
export function risksOf({ config, hostConfig }: Draft, hasHealthcheck: boolean): Guarded[] {
  const host = (key: string) => hostConfig[key];
  const restart = (host('RestartPolicy') as { Name?: string } | undefined)?.Name ?? '';
  const missing = {
    memory: !host('Memory'),
    pids: Number(host('PidsLimit') ?? 0) <= 0,
    restart: restart === '' || restart === 'no',
    healthcheck: !hasHealthcheck,
  };
  return [
    ...(host('Privileged') ? [{ kind: 'privileged' } as const] : []),
    ...NAMESPACES.filter(([key]) => host(key) === 'host').map(
      ([, namespace]) => ({ kind: 'host-namespace', namespace }) as const,
    ),
    ...binds(hostConfig).map(bindRisk),
    ...devices(hostConfig).map((path) => ({ kind: 'device', path }) as const),
    ...strings(host('CapAdd')).map((name) => ({ kind: 'capability', name }) as const),
    ...unconfined(hostConfig).map((option) => ({ kind: 'unconfined', option }) as const),
    ...ports(hostConfig, config),
    ...(['memory', 'pids', 'restart', 'healthcheck'] as const)
      .filter((what) => missing[what])
      .map((what) => ({ kind: 'missing', what }) as const),
  ];
}

const NAMESPACES = [
  ['NetworkMode', 'network'],
  ['PidMode', 'pid'],
  ['IpcMode', 'ipc'],
  ['UTSMode', 'uts'],
  ['UsernsMode', 'user'],
] as const;

function binds(hostConfig: Fields): { source: string; readOnly: boolean }[] {
  const short = strings(hostConfig['Binds']).map((bind) => {
    const [source = '', , mode = ''] = bind.split(':');
    return { source, readOnly: mode.split(',').includes('ro') };
  });
  const long = list(hostConfig['Mounts']).map((mount) => ({
    source: mount['Type'] === 'bind' ? String(mount['Source']) : boundBy(mount),
    readOnly: mount['ReadOnly'] === true,
  }));
  return [...short, ...long].filter(({ source }) => source.startsWith('/'));
}

// A volume of the local driver can be a folder of the host in disguise.
function boundBy(mount: Listed): string {
  const options = (mount['VolumeOptions'] as { DriverConfig?: { Options?: Record<string, string> } } | undefined)
    ?.DriverConfig?.Options;
  return options?.['o']?.split(',').includes('bind') ? (options['device'] ?? '') : '';
}

const SOCKETS = ['/var/run/docker.sock', '/run/docker.sock'];

function bindRisk({ source, readOnly }: { source: string; readOnly: boolean }): Guarded {
  return SOCKETS.includes(source) ? { kind: 'docker-socket', source } : { kind: 'bind', source, readOnly };
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
  return [
    ...strings(hostConfig['SecurityOpt']).filter((option) =>
      /unconfined|label[=:]disable|no-new-privileges[=:]false/u.test(option),
    ),
    ...(isUnmasked ? ['systempaths=unconfined'] : []),
  ];
}

function ports(hostConfig: Fields, config: Fields): Guarded[] {
  const bindings = (hostConfig['PortBindings'] ?? {}) as Bindings;
  const bound = Object.entries(bindings).flatMap(([port, all]) =>
    all.map(({ HostIp, HostPort }) => portRisk(port, HostIp, Number(HostPort) || undefined)),
  );
  const all = hostConfig['PublishAllPorts'] ? Object.keys((config['ExposedPorts'] ?? {}) as Fields) : [];
  return [...bound, ...all.filter((port) => !(port in bindings)).map((port) => portRisk(port, '', undefined))];
}

function portRisk(port: string, hostIp: string, hostPort: number | undefined): Guarded {
  return { kind: 'port', hostIp, hostPort, protocol: port.split('/')[1] ?? 'tcp' };
}

const strings = (value: unknown) => (value ?? []) as readonly string[];
const list = (value: unknown) => (value ?? []) as readonly Listed[];
