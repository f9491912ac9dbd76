import { isIP } from 'node:net';
import { z } from 'zod';

/** One published port, as the engine is told it. */
export interface PublishedPort {
  /** '' is every address. */
  readonly hostIp: string;
  /** Undefined: the engine picks a free one. */
  readonly hostPort: number | undefined;
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}

const PUBLISHED =
  /^(?:(?<ip>\[[0-9a-fA-F:]+\]|\d{1,3}(?:\.\d{1,3}){3}):)?(?:(?<host>\d{1,5}(?:-\d{1,5})?)?:)?(?<inside>\d{1,5}(?:-\d{1,5})?)(?:\/(?<protocol>tcp|udp|sctp))?$/u;

/**
 * What docker's `-p` takes: `80`, `8080:80`, `127.0.0.1:8080:80/udp`, `[::1]:8080:80`, and ranges of the same length on
 * both sides. Undefined when it is none of these.
 */
export function parsePorts(text: string): readonly PublishedPort[] | undefined {
  const groups = PUBLISHED.exec(text)?.groups;
  if (!groups) return undefined;
  const hostIp = (groups['ip'] ?? '').replace(/^\[|\]$/gu, '');
  // `127.0.0.1:80` is an address without the two ports docker wants after it: with one colon it must be host:container.
  if (hostIp !== '' && (isIP(hostIp) === 0 || !text.slice(text.indexOf(']') + 1).match(/:[^:]*:/u))) return undefined;
  const inside = range(groups['inside'] as string);
  const outside = groups['host'] === undefined ? undefined : range(groups['host']);
  if (!inside || (groups['host'] !== undefined && outside?.length !== inside.length)) return undefined;
  const protocol = (groups['protocol'] ?? 'tcp') as PublishedPort['protocol'];
  return inside.map((containerPort, index) => ({ hostIp, hostPort: outside?.[index], containerPort, protocol }));
}

function range(text: string): number[] | undefined {
  const [first = 0, last = first] = text.split('-').map(Number);
  if (first < 1 || last > 65_535 || last < first) return undefined;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** A port mapping typed by a person or written in the config, checked and kept as it is. */
export const PortText = z
  .string()
  .refine((text) => parsePorts(text) !== undefined, 'is a port mapping such as 8080:80 or 127.0.0.1:8080:80/udp');
