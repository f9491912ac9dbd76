import { mountPath } from '../../domain/volumes.ts';
import type { Draft, Fields } from './draft.ts';
import { isUnnamed, mountsIn, splitBind } from './mounts.ts';
import { anonymousIn, type Bindings, bindingsOf, bindsIn, targetOf } from './spec.ts';
import type { Overrides } from './wanted.ts';

/** Applies what a person changes for one deploy to the settings of the container. */
export function withOverrides(draft: Draft, overrides: Overrides): Draft {
  const { environment = {}, ports = [], memory, cpus } = overrides;
  const { config, hostConfig } = draft;
  const bindings = bindingsOf(ports);
  // A request for an anonymous volume is met by an existing anonymous volume.
  const there = mountsIn(draft);
  const isThere = (text: string) =>
    anonymousIn([text]).length > 0 && isUnnamed(there.get(targetOf(text))?.source ?? '');
  const volumes = (overrides.volumes ?? []).filter((text) => !isThere(text));
  const targets = new Set(volumes.map(targetOf));
  const keeps = (path: unknown) => !targets.has(mountPath(String(path)));
  const tmpfs = Object.entries(recordOf(hostConfig['Tmpfs'])).filter(([path]) => keeps(path));
  const exposed = [...Object.keys(recordOf(config['ExposedPorts'])), ...Object.keys(bindings)];
  const anonymous = [...Object.keys(recordOf(config['Volumes'])).filter(keeps), ...anonymousIn(volumes).map(targetOf)];
  return {
    ...draft,
    config: {
      ...config,
      Env: [
        ...listOf<string>(config['Env']).filter((pair) => !Object.hasOwn(environment, variableName(pair))),
        ...Object.entries(environment).map(([key, value]) => `${key}=${value}`),
      ],
      ...(exposed.length > 0 && { ExposedPorts: Object.fromEntries(exposed.map((port) => [port, {}])) }),
      ...((anonymous.length > 0 || config['Volumes'] !== undefined) && {
        Volumes: Object.fromEntries(anonymous.map((path) => [path, {}])),
      }),
    },
    hostConfig: {
      ...hostConfig,
      ...(memory !== undefined && memoryLimits(memory, hostConfig)),
      ...(cpus !== undefined && { NanoCpus: Math.round(cpus * 1e9), CpuPeriod: 0, CpuQuota: 0 }),
      ...(ports.length > 0 && { PortBindings: { ...(hostConfig['PortBindings'] as Bindings), ...bindings } }),
      ...(volumes.length > 0 && {
        Binds: [
          ...listOf<string>(hostConfig['Binds']).filter((bind) => keeps(splitBind(bind).target)),
          ...bindsIn(volumes),
        ],
        Mounts: listOf<Fields>(hostConfig['Mounts']).filter((mount) => keeps(mount['Target'])),
        ...(hostConfig['Tmpfs'] !== undefined && { Tmpfs: Object.fromEntries(tmpfs) }),
      }),
    },
  };
}

// An engine that was given only memory set twice as much swap, which it would now read as a requested limit.
function memoryLimits(memory: number, hostConfig: Fields): Fields {
  const before = Number(hostConfig['Memory'] ?? 0);
  const swap = Number(hostConfig['MemorySwap'] ?? 0);
  const isEnginesOwn = swap === 0 || swap === 2 * before || (swap > 0 && swap < memory);
  const reservation = Math.min(Number(hostConfig['MemoryReservation'] ?? 0), memory);
  return { Memory: memory, MemoryReservation: reservation, ...(isEnginesOwn && { MemorySwap: 2 * memory }) };
}

export const variableName = (pair: string) => pair.slice(0, pair.includes('=') ? pair.indexOf('=') : undefined);
const recordOf = (value: unknown) => (value ?? {}) as Fields;
const listOf = <T>(value: unknown) => (value ?? []) as readonly T[];
