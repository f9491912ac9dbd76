import type { RawContainer } from '../shapes/raw.ts';
import type { Endpoint } from './draft.ts';
import { macAddressOf } from './mac-address.ts';

/** Networks of a host, by name and full id. */
export type Networks = readonly { readonly id: string; readonly name: string }[];

/** Settings of a container on each of its networks, by name. The network it was created on comes first. */
export function endpointsOf(raw: RawContainer, minor: number): Map<string, Endpoint> {
  const first = raw.HostConfig.NetworkMode === 'default' ? 'bridge' : raw.HostConfig.NetworkMode;
  const isFirst = (name: string, id: string) => name === first || isIdOf(first, id);
  const entries = Object.entries(raw.NetworkSettings.Networks).map(([name, at]) => {
    const { IPAMConfig, Links, DriverOpts, GwPriority, NetworkID } = at;
    const mac = macAddressOf(raw, at, isFirst(name, NetworkID), minor);
    const MacAddress = mac?.isAsked ? mac.address : undefined;
    const asked = { IPAMConfig, Links: Links.length > 0 ? Links : undefined, DriverOpts, GwPriority, MacAddress };
    const rest = Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
    // Older engines list the container's own short id among the aliases.
    const aliases = at.Aliases.filter((alias) => !/^[0-9a-f]{12}$/u.test(alias));
    const endpoint: Endpoint = { aliases, rest, observedMac: mac?.isAsked === false ? mac.address : undefined };
    return [name, NetworkID, endpoint] as const;
  });
  return new Map(
    entries
      .toSorted(([a, aId], [b, bId]) => Number(isFirst(b, bId)) - Number(isFirst(a, aId)))
      .map(([name, , endpoint]): [string, Endpoint] => [name, endpoint]),
  );
}

/**
 * The network a container is created on. Someone may have disconnected it (`docker network disconnect`): an engine
 * still names that network and would connect the new container to it, so `left` names it. Not checked without
 * `networks`.
 */
export function networkOf(
  raw: RawContainer,
  networks: Networks,
): { readonly network: string; readonly left?: string | undefined } {
  const mode = raw.HostConfig.NetworkMode;
  const isOwn = !['', 'host', 'none'].includes(mode) && !mode.startsWith('container:');
  const isOff = Object.keys(raw.NetworkSettings.Networks).length === 0;
  if (!isOwn || networks.length === 0) return { network: mode };
  const name = mode === 'default' ? 'bridge' : mode;
  const known = networks.find((item) => item.name === name) ?? networks.find(({ id }) => isIdOf(name, id));
  if (isOff) return known ? { network: mode, left: known.name } : { network: 'none' };
  return { network: known && known.name !== name ? known.name : mode };
}

// Engines accept the first digits of an id too.
const isIdOf = (text: string, id: string) => text.length >= 12 && id.startsWith(text);
