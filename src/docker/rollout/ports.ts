import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Container } from '../client/types.ts';
import type { Draft } from './draft.ts';
import { ownName } from './names.ts';
import type { Bindings } from './spec.ts';
import type { Survey } from './survey.ts';

/** A published port of a container to be created. */
export interface PublishedPort {
  /** The container's port: `80/tcp`. */
  readonly inside: string;
  /** '' is every address, IPv4 and IPv6. */
  readonly ip: string;
  readonly protocol: string;
  /** As in the engine: `8080`; `8000-8010` for any free one of these; '' or `0` for any free port. */
  readonly hostPort: string;
  readonly first: number;
  readonly last: number;
}

/**
 * Ports that a container publishes. Engines ignore them on the host network, without a network, and in another
 * container's network.
 */
export function publishedPorts({ hostConfig }: Pick<Draft, 'hostConfig'>): PublishedPort[] {
  const mode = String(hostConfig['NetworkMode'] ?? '');
  if (mode === 'host' || mode === 'none' || mode.startsWith('container:')) return [];
  return Object.entries((hostConfig['PortBindings'] ?? {}) as Bindings).flatMap(([inside, on]) =>
    on.map(({ HostIp, HostPort }) => {
      const [, first = '0', last = first] = /^0{0,20}(\d{1,5})(?:-0{0,20}(\d{1,5}))?$/u.exec(HostPort) ?? [];
      const protocol = inside.split('/')[1] ?? 'tcp';
      return { inside, ip: HostIp, protocol, hostPort: HostPort, first: Number(first), last: Number(last) };
    }),
  );
}

export const isAnyPort = ({ last }: PublishedPort) => last === 0;
export const isRange = ({ first, last }: PublishedPort) => last > first;

interface HeldPort {
  readonly ip: string;
  readonly by: string;
}

/** Ports that other containers hold, one sentence each. */
export function portConflicts({ containers, live }: Survey, draft: Draft): string[] {
  const held = heldPorts(containers.filter(({ id }) => id !== live?.raw.Id));
  const said: string[] = [];
  // Fixed ports come first, since a range takes any port that is left.
  const wanted = newPorts(live, draft).toSorted((a, b) => Number(isRange(a)) - Number(isRange(b)));
  for (const one of wanted) {
    const holders = new Set<string>();
    const free = portsOf(one).find((port) => {
      const holder = (held.get(`${port}/${one.protocol}`) ?? []).find(({ ip }) => overlap(ip, one.ip));
      if (holder) holders.add(holder.by);
      return holder === undefined;
    });
    if (free !== undefined) hold(held, `${free}/${one.protocol}`, { ip: one.ip, by: `its own ${one.inside}` });
    else if (isRange(one))
      said.push(`All ports of ${one.hostPort}/${one.protocol} are in use by ${[...holders].join(', ')}.`);
    else said.push(`Port ${one.first}/${one.protocol} is in use by ${[...holders].join(', ')}.`);
  }
  return said;
}

/** New ports of the next version, without those of the running container it replaces. */
export function newPorts(live: Survey['live'], draft: Draft): PublishedPort[] {
  const isUp = live && ['running', 'paused'].includes(live.raw.State.Status);
  const now = isUp ? publishedPorts({ hostConfig: live.raw.HostConfig }) : [];
  const key = ({ ip, hostPort, inside }: PublishedPort) => `${ip} ${hostPort} ${inside}`;
  const has = new Set(now.map(key));
  return publishedPorts(draft).filter((one) => !isAnyPort(one) && !has.has(key(one)));
}

function heldPorts(containers: readonly Container[]): Map<string, HeldPort[]> {
  const out = new Map<string, HeldPort[]>();
  for (const item of containers) {
    // Podman lists ports of stopped containers too. A paused container keeps its ports.
    if (item.state !== 'running' && item.state !== 'paused') continue;
    for (const { publicPort, protocol, ip = '' } of item.ports)
      if (publicPort !== undefined) hold(out, `${publicPort}/${protocol}`, { ip, by: ownName(item) });
  }
  return out;
}

function hold(held: Map<string, HeldPort[]>, port: string, taken: HeldPort): void {
  held.set(port, [...(held.get(port) ?? []), taken]);
}

const HIGHEST = 65_535;
const portsOf = ({ first, last }: PublishedPort) =>
  Array.from({ length: Math.max(0, Math.min(last, HIGHEST) - first + 1) }, (_, index) => first + index);

/**
 * Whether two addresses of a host conflict at one port. Measured on Docker 20.10 and 28.5: no address means both
 * `0.0.0.0` and `::`; these two coexist, and each conflicts with every address of its family.
 */
function overlap(a: string, b: string): boolean {
  if (a === '' || b === '') return true;
  const [one, other] = [canonicalIp(a), canonicalIp(b)];
  if (isIPv6(one) !== isIPv6(other)) return false;
  return one === other || [one, other].some((ip) => ip === '0.0.0.0' || ip === '::');
}

/** Canonical form of an address: `0:0:0:0:0:0:0:1` is `::1`. An engine binds `::ffff:127.0.0.1` as `127.0.0.1`. */
const canonicalIp = (ip: string) => (ipaddr.isValid(ip) ? ipaddr.process(ip.split('%')[0] ?? '').toString() : ip);
