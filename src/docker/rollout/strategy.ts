import type { Draft, Fields } from './draft.ts';
import { isAnyPort, publishedPorts } from './ports.ts';
import type { Strategy } from './types.ts';
import type { RolloutConfig } from './wanted.ts';

export interface ChosenStrategy {
  readonly strategy: Strategy;
  readonly why: string;
  readonly interruption: string;
  /** Why the requested strategy is not possible. */
  readonly conflicts: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Chooses how to roll out. Two versions can run side by side if they share no exclusive resource, and if there is a
 * network alias to move from one to the other.
 */
export function chooseStrategy(draft: Draft, asked: RolloutConfig['strategy'], isRunning: boolean): ChosenStrategy {
  const none = { conflicts: [], warnings: [] };
  if (!isRunning) {
    const why = 'No container has this name yet.';
    return { strategy: 'create', why, interruption: 'No interruption: nothing runs there yet.', ...none };
  }
  const blockers = exclusiveResources(draft);
  const shared = writableMounts(draft);
  const sharing = shared.length > 0 ? [`Both versions write to ${shared.join(', ')} while they run side by side.`] : [];
  if (asked === 'start-first')
    return { ...startFirst('Set in the config.'), conflicts: blockers.map(cannot), warnings: sharing };
  if (asked === 'stop-first') return { ...stopFirst('Set in the config.'), ...none };
  const [blocker] = [...blockers, ...shared.map((path) => `both would write to ${path}`)];
  if (blocker !== undefined) return { ...stopFirst(`Only one version can run at a time: ${blocker}.`), ...none };
  const aliases = [...draft.endpoints.values()].flatMap((endpoint) => endpoint.aliases);
  if (aliases.length === 0)
    return { ...stopFirst('The container has no network alias to move to the new version.'), ...none };
  const why = `The network ${aliases.length === 1 ? 'alias' : 'aliases'} ${[...new Set(aliases)].join(', ')} can move to the new version once it is healthy.`;
  return { ...startFirst(why), ...none };
}

const cannot = (blocker: string) => `start-first is not possible: ${blocker}.`;

const startFirst = (why: string) =>
  ({
    strategy: 'start-first',
    why,
    interruption: 'No interruption expected: the old version serves until the new one is healthy.',
  }) as const;

const stopFirst = (why: string) =>
  ({
    strategy: 'stop-first',
    why,
    interruption: 'Restarts in place: each host is down while it switches.',
  }) as const;

function exclusiveResources({ config, hostConfig, endpoints }: Draft): string[] {
  const fixed = publishedPorts({ hostConfig })
    .filter((one) => !isAnyPort(one))
    .map(({ hostPort }) => hostPort);
  const mode = String(hostConfig['NetworkMode'] ?? 'default');
  const statics = [...endpoints.values()].flatMap(({ rest }) => {
    const { IPv4Address, IPv6Address } = (rest['IPAMConfig'] ?? {}) as { IPv4Address?: string; IPv6Address?: string };
    return [IPv4Address, IPv6Address].filter((address) => address !== undefined && address !== '');
  });
  const macs = [config['MacAddress'], ...[...endpoints.values()].map(({ rest }) => rest['MacAddress'])].filter(Boolean);
  const isOwnNetwork = !['default', 'bridge', 'host', 'none', ''].includes(mode) && !mode.startsWith('container:');
  return [
    ...(fixed.length > 0 ? [`the service publishes port ${fixed.join(', ')}`] : []),
    ...(statics.length > 0 ? [`the service has the fixed address ${statics.join(', ')}`] : []),
    ...(macs.length > 0 ? [`the service has the fixed MAC address ${macs.join(', ')}`] : []),
    ...(isOwnNetwork ? [] : [`network ${mode === 'default' || mode === '' ? 'bridge' : mode} has no aliases`]),
  ];
}

function writableMounts({ hostConfig }: Draft): string[] {
  const binds = ((hostConfig['Binds'] ?? []) as readonly string[]).flatMap((bind) => {
    const [source = '', , mode = ''] = bind.split(':');
    return mode.split(',').includes('ro') ? [] : [source];
  });
  const mounts = ((hostConfig['Mounts'] ?? []) as readonly Fields[])
    .filter((mount) => mount['ReadOnly'] !== true && ['volume', 'bind'].includes(String(mount['Type'])))
    .map((mount) =>
      /^[0-9a-f]{64}$/u.test(String(mount['Source'])) ? `the volume at ${mount['Target']}` : String(mount['Source']),
    );
  const lent = ((hostConfig['VolumesFrom'] ?? []) as readonly string[])
    .filter((from) => from.split(':')[1] !== 'ro')
    .map((from) => `the volumes of ${from.split(':')[0]}`);
  return [...binds, ...mounts, ...lent];
}
