import type { RawContainer } from '../shapes/raw.ts';

type RawEndpoint = RawContainer['NetworkSettings']['Networks'][string];

export interface MacAddress {
  readonly address: string;
  /** False where it is unknown whether someone set it. */
  readonly isAsked: boolean;
}

/**
 * MAC address of a container on one of its networks, if it must be kept. From API 1.44 on it is requested per network,
 * and inspections say only for the first network (`isFirst`) whether it was. Undefined for an address that the engine
 * chose, and before 1.44, where the container itself has it.
 */
export function macAddressOf(
  raw: RawContainer,
  at: RawEndpoint,
  isFirst: boolean,
  minor: number,
): MacAddress | undefined {
  if (minor < 44) return undefined;
  const own = raw.Config.MacAddress ?? '';
  if (isFirst) return own === '' ? undefined : { address: own, isAsked: true };
  if (at.MacAddress === '' || isFromIpAddress(at)) return undefined;
  // Engines 25 to 27 derive it from the IP address; 28 and later choose a random locally administered one.
  const isRandom = minor >= 48 && isLocal(at.MacAddress) && !at.MacAddress.startsWith('02:42:');
  return { address: at.MacAddress, isAsked: !isRandom };
}

const isLocal = (mac: string) => (Number.parseInt(mac.slice(0, 2), 16) & 2) === 2;

function isFromIpAddress({ MacAddress, IPAddress }: RawEndpoint): boolean {
  const octets = IPAddress.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'));
  return octets.length === 4 && MacAddress === ['02', '42', ...octets].join(':');
}
