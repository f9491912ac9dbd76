import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector } from 'undici';
import { lookupHost } from '../paced/lookup.ts';

/** The only part of IPv6 with public addresses; `::a00:1` outside of it stands for 10.0.0.1 (RFC 4291, 2.4 and 2.5.5.1). */
const GLOBAL_V6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an IP address is one of the public internet; an IPv4 address written as IPv6 counts as what it is. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address);
  return ip.range() === 'unicast' && (!(ip instanceof ipaddr.IPv6) || ip.match(GLOBAL_V6));
}

/** A connection that was not made: the address is private and the config names no such registry. */
export class AddressRefused extends Error {
  constructor(host: string) {
    super(`${host} is not a public address, and the config does not name it under registries.`);
  }
}

interface AgentOptions {
  /** `host:port`, with the port always written. */
  readonly allowed: ReadonlySet<string>;
  /** All certificates that are trusted, as PEM; without it, those that Node trusts. */
  readonly ca?: readonly string[];
  /** Told of each connection to one of `allowed`, as `host:port`. */
  onOpen(authority: string, socket: unknown): void;
}

/**
 * Connections to public addresses, and to what the config names.
 * The address is judged when the connection is made, as it was resolved then: a name cannot change in between.
 */
export function createAgent({ allowed, onOpen, ca }: AgentOptions): Agent {
  const trust = ca === undefined ? {} : { ca: [...ca] };
  const open = buildConnector({ ...trust, lookup: lookupPublic });
  const openAllowed = buildConnector({ ...trust, lookup: lookupHost });
  return new Agent({
    maxRequestsPerClient: 1000,
    connect(options, done) {
      const hostname = options.hostname.replace(/^\[|\]$/gu, '');
      const port = options.port || (options.protocol === 'https:' ? '443' : '80');
      const name = authority(hostname, port);
      if (allowed.has(name))
        return openAllowed(options, (...opened) => {
          if (opened[1] !== null) onOpen(name, opened[1]);
          done(...opened);
        });
      // An address is not looked up before a connection is made to it.
      if (isIP(hostname) !== 0 && !isPublic(hostname)) return done(new AddressRefused(options.hostname), null);
      return open(options, done);
    },
  });
}

/** As in `allowed` of `createAgent`. */
export function authorityOf(url: URL): string {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return authority(url.hostname.replace(/^\[|\]$/gu, ''), port);
}

const authority = (hostname: string, port: string) => `${hostname.toLowerCase()}:${port}`;

const lookupPublic: LookupFunction = (hostname, options, done) => {
  lookupHost(hostname, { ...options, all: true }, (error, found) => {
    if (error) return done(error, '', 0);
    const open = (Array.isArray(found) ? found : []).filter(({ address }) => isPublic(address));
    const [first] = open;
    if (first === undefined) return done(new AddressRefused(hostname), '', 0);
    return options.all ? done(null, open) : done(null, first.address, first.family);
  });
};
