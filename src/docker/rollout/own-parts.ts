import type { Reach } from '../client/address.ts';
import type { Container } from '../client/types.ts';
import { exposesSocket } from './folders.ts';

/**
 * Fairlead's own containers, volumes and folders on a host: never deployed, pruned or mounted elsewhere, whatever their
 * names.
 */
export interface OwnParts {
  /** Ids of the container Fairlead runs in, and of the one through which it reaches the engine. */
  readonly containers: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
  /** Host folders that are mounted into Fairlead's container. */
  readonly folders: readonly string[];
  /** Swarm services that these containers are tasks of. */
  readonly services: ReadonlySet<string>;
}

type Found = Pick<Container, 'id' | 'names' | 'labels' | 'mounts' | 'networks' | 'addresses' | 'ports'>;

/** Finds Fairlead's own parts in the list of all containers, by ids, mounts and addresses: anyone can choose a name. */
export function ownParts(containers: readonly Found[], reach: Reach): OwnParts {
  const { self = [] } = reach;
  const own = containers.filter(({ id }) => self.some((beginning) => id.startsWith(beginning)));
  const all = [...own, ...proxies(containers, own, reach)];
  const volumes = all.flatMap(({ mounts }) =>
    mounts.flatMap(({ type, name }) => (type === 'volume' ? (name ?? []) : [])),
  );
  const folders = own.flatMap(({ mounts }) => mounts.flatMap(({ type, source }) => (type === 'bind' ? source : [])));
  return {
    containers: new Set(all.map(({ id }) => id)),
    volumes: new Set(volumes),
    folders: folders.filter((folder) => folder.startsWith('/') && !exposesSocket(folder)),
    services: new Set(all.flatMap(({ labels }) => labels['com.docker.swarm.service.name'] ?? [])),
  };
}

/**
 * Containers that serve the engine's address: those that publish its port; next to Fairlead's own container, those with
 * that name or address, or if there are none, those that mount the socket and share a network. A socket in a shared
 * volume counts.
 */
function proxies(containers: readonly Found[], own: readonly Found[], { host, port }: Reach): Found[] {
  const others = containers.filter((item) => !own.includes(item));
  const hasSocket = ({ mounts }: Found) => mounts.some(({ type, source }) => type === 'bind' && exposesSocket(source));
  const shared = others.filter((item) => hasSocket(item) && own.some((me) => sharesVolume(me, item)));
  if (port === undefined) return shared;
  const publishing = others.filter(({ ports }) => ports.some(({ publicPort }) => publicPort === port));
  const near = others.filter((item) => own.some((me) => me.networks.some((name) => item.networks.includes(name))));
  const called = near.filter((item) => isCalled(item, host));
  return [...new Set([...shared, ...publishing, ...(called.length > 0 ? called : near.filter(hasSocket))])];
}

function isCalled({ id, names, labels, addresses }: Found, host: string): boolean {
  const known = [...names, ...addresses, id.slice(0, 12), labels['com.docker.compose.service']];
  return known.includes(host);
}

function sharesVolume(one: Found, other: Found): boolean {
  const names = new Set(one.mounts.flatMap(({ type, name }) => (type === 'volume' ? (name ?? []) : [])));
  return other.mounts.some(({ name }) => name !== undefined && names.has(name));
}
