import type { Reach } from '../client/address.ts';
import type { Container } from '../client/types.ts';
import { exposesSocket } from './folders.ts';

/** What Fairlead itself is made of on a host: never deployed, pruned or given to another container, whatever it is called. */
export interface OwnParts {
  /** Ids: the container Fairlead runs in, and the one through which it reaches the engine. */
  readonly containers: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
  /** Folders of the host that are mounted into its container. */
  readonly folders: readonly string[];
  /** Swarm services they are tasks of. */
  readonly services: ReadonlySet<string>;
}

type Found = Pick<Container, 'id' | 'names' | 'labels' | 'mounts' | 'networks' | 'addresses' | 'ports'>;

/** By ids, mounts and addresses, from the list of all containers of a host; names are anybody's to choose. */
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
 * Containers that serve the engine's address: those that publish its port; beside Fairlead's own container, those with that
 * name or address; and if there are none, those that mount the socket and share a network. A socket in a shared volume counts.
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
