import { code, UserError } from '../../domain/errors.ts';
import { parsePorts } from '../../domain/ports.ts';
import { mountPath, parseVolume } from '../../domain/volumes.ts';
import type { RawContainer } from '../shapes/raw.ts';
import { byPath, mountRequest } from './clone.ts';
import type { Draft, Endpoint, Fields } from './draft.ts';
import { isUnnamed, volumeName } from './mounts.ts';
import type { ContainerConfig, HealthcheckConfig } from './wanted.ts';

const NANOS = 1_000_000;

/**
 * Settings of a container described in the config. Anonymous volumes of `running`, the container it replaces, are
 * carried over.
 */
export function draftOfConfig(container: ContainerConfig, running: RawContainer | undefined): Draft {
  const [first] = container.networks ?? [];
  const bindings = bindingsOf(container.ports ?? []);
  const config: Fields = {
    Env: Object.entries(container.environment ?? {}).map(([key, value]) => `${key}=${value}`),
    Cmd: container.command,
    Entrypoint: container.entrypoint,
    Labels: { ...container.labels },
    User: container.user,
    WorkingDir: container.workdir,
    StopTimeout: container.stopTimeout === undefined ? undefined : Math.ceil(container.stopTimeout / 1000),
    Healthcheck: container.healthcheck && healthcheckOf(container.healthcheck),
    ExposedPorts: Object.fromEntries(Object.keys(bindings).map((port) => [port, {}])),
    Volumes: Object.fromEntries(anonymousIn(container.volumes ?? []).map((path) => [targetOf(path), {}])),
  };
  const hostConfig: Fields = {
    NetworkMode: first?.name ?? 'default',
    PortBindings: bindings,
    Binds: bindsIn(container.volumes ?? []),
    Mounts: carriedVolumes(container, running),
    Memory: container.memory,
    NanoCpus: container.cpus === undefined ? undefined : Math.round(container.cpus * 1e9),
    PidsLimit: container.pids,
    RestartPolicy: restartOf(container.restart ?? 'no'),
    ExtraHosts: container.extraHosts,
    ReadonlyRootfs: container.readOnly || undefined,
    CapAdd: container.capAdd,
    CapDrop: container.capDrop,
    Devices: container.devices?.map(deviceOf),
    Privileged: container.privileged || undefined,
    LogConfig: container.logging && { Type: container.logging.driver, Config: { ...container.logging.options } },
  };
  return {
    config: present(config),
    hostConfig: present(hostConfig),
    endpoints: new Map(
      (container.networks ?? []).map(({ name, aliases = [] }): [string, Endpoint] => [
        name,
        { aliases, rest: {}, observedMac: undefined },
      ]),
    ),
  };
}

function restartOf(text: string): Fields {
  const [Name = 'no', count = '0'] = text.split(':');
  return { Name, MaximumRetryCount: Number(count) };
}

function healthcheckOf({ test, interval, timeout, startPeriod, retries }: HealthcheckConfig): Fields {
  const nanos = (ms: number | undefined) => (ms === undefined ? undefined : Math.round(ms * NANOS));
  return present({
    Test: test,
    Interval: nanos(interval),
    Timeout: nanos(timeout),
    StartPeriod: nanos(startPeriod),
    Retries: retries,
  });
}

export type Bindings = Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>>;

/** Port bindings in the engine's form. */
export function bindingsOf(ports: readonly string[]): Bindings {
  const out: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const text of ports) {
    const parsed = parsePorts(text);
    if (!parsed) throw new UserError('bad_input', `${code(text)} is not a port mapping.`, 'Example: 8080:80');
    for (const { hostIp, hostPort, containerPort, protocol } of parsed) {
      const key = `${containerPort}/${protocol}`;
      out[key] = [...(out[key] ?? []), { HostIp: hostIp, HostPort: hostPort === undefined ? '' : `${hostPort}` }];
    }
  }
  return out;
}

export function targetOf(text: string): string {
  const parsed = parseVolume(text);
  if (!parsed) throw new UserError('bad_input', `${code(text)} is not a mount.`, 'Example: data:/var/lib/data');
  return parsed.target;
}

/** Volumes given as `/path` alone are anonymous; all others name their source. */
export const anonymousIn = (volumes: readonly string[]) => volumes.filter((text) => !text.includes(':'));
export const bindsIn = (volumes: readonly string[]) => volumes.filter((text) => text.includes(':'));

function carriedVolumes({ volumes = [] }: ContainerConfig, running: RawContainer | undefined): Fields[] {
  const described = new Set(bindsIn(volumes).map(targetOf));
  return (running?.Mounts ?? [])
    .filter((mount) => mount.Type === 'volume' && isUnnamed(volumeName(mount)))
    .filter((mount) => !described.has(mountPath(mount.Destination)))
    .toSorted(byPath)
    .flatMap((mount) => mountRequest(mount));
}

function deviceOf(text: string): Fields {
  const parts = text.split(':');
  const permissions = parts.length > 1 && !parts.at(-1)?.startsWith('/') ? parts.pop() : 'rwm';
  const [host = '', inside = host] = parts;
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: permissions };
}

/** Removes settings that are not set. */
function present(fields: Fields): Fields {
  const isEmpty = (value: unknown) =>
    value === undefined ||
    (Array.isArray(value) && value.length === 0) ||
    (value !== null && typeof value === 'object' && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));
}
