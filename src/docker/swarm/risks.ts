import type { Fields } from '../rollout/draft.ts';
import {
  deviceBehindVolume,
  driverOptions,
  folderRisks,
  foldersBehindVolume,
  normalizeFolder,
  volumeOfFolder,
} from '../rollout/folders.ts';
import type { Guarded, GuardedKind } from '../rollout/types.ts';
import type { ServiceSpec } from '../shapes/swarm.ts';

type Fact = Pick<Guarded, 'kind' | 'what'>;
const strings = (value: unknown) => (value ?? []) as readonly string[];
const some = (kind: GuardedKind, all: readonly string[]) => all.map((what): Fact => ({ kind, what }));

/**
 * Facts about a Swarm service that a guardrail may forbid. An update carries all of them over, also to another program.
 * `hostNetworks` are ids of networks that are the host's own.
 */
export function swarmRisks({ TaskTemplate, EndpointSpec }: ServiceSpec, hostNetworks: readonly string[]): Fact[] {
  const container = (TaskTemplate.ContainerSpec ?? {}) as Fields;
  const mounts = (container['Mounts'] ?? []) as readonly Fields[];
  const options = driverOptions(mounts);
  const sources = mounts.flatMap(({ Type, Source }) => (Type === 'bind' ? [String(Source)] : []));
  const folders = [...sources, ...options.flatMap(foldersBehindVolume)].map(normalizeFolder);
  const named = mounts.flatMap(({ Type, Source }) => (Type === 'volume' && Source ? [String(Source)] : []));
  const { Seccomp, AppArmor, SELinuxContext } = (container['Privileges'] ?? {}) as Record<string, Fields | undefined>;
  const unconfined = {
    'seccomp=unconfined': Seccomp?.['Mode'] === 'unconfined',
    'seccomp={…}': Seccomp?.['Mode'] === 'custom',
    'apparmor=unconfined': AppArmor?.['Mode'] === 'disabled',
    'label=disable': SELinuxContext?.['Disable'] === true,
    'label=…': ['User', 'Role', 'Type', 'Level'].some((part) => SELinuxContext?.[part]),
  };
  const networks = (TaskTemplate['Networks'] ?? []) as readonly Fields[];
  const ports = (EndpointSpec?.Ports ?? []) as readonly Fields[];
  const isOnHost = networks.some(({ Target }) => ['host', ...hostNetworks].includes(String(Target)));
  return [
    ...some('host-namespace', isOnHost ? ['network'] : []),
    ...folderRisks(folders),
    ...some('volume', [...named, ...folders.flatMap(volumeOfFolder)]),
    ...some('device', options.flatMap(deviceBehindVolume)),
    ...some('capability', strings(container['CapabilityAdd'])),
    ...some('sysctl', Object.keys((container['Sysctls'] ?? {}) as Fields)),
    ...some(
      'security',
      Object.entries(unconfined).flatMap(([what, is]) => (is ? [what] : [])),
    ),
    ...some(
      'port',
      ports.map(({ PublishedPort, Protocol }) => `0.0.0.0:${PublishedPort ?? ''}/${Protocol ?? 'tcp'}`),
    ),
  ];
}
