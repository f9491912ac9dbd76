import type { Port } from '../../docker/client/types.ts';

type Published = Pick<Port, 'ip' | 'publicPort'>;

/** As docker writes them: `0.0.0.0:8080->80/tcp`; a port of all addresses of both families once. */
export function portsText(ports: readonly Port[]): string {
  const texts = onceForBothFamilies(ports)
    .toSorted((a, b) => a.privatePort - b.privatePort)
    .map(
      (port) => `${port.publicPort === undefined ? '' : `${addressText(port)}->`}${port.privatePort}/${port.protocol}`,
    );
  return [...new Set(texts)].join(', ');
}

/** Where a published port is reached: `0.0.0.0:8080`, `[::1]:8080`. */
export function addressText({ ip, publicPort }: Published): string {
  return `${ipText(ip || '0.0.0.0')}:${publicPort}`;
}

export const ipText = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip);

/** Ports without those of all IPv6 addresses that are published on all IPv4 addresses too; those of IPv6 alone stay. */
export function onceForBothFamilies(ports: readonly Port[]): Port[] {
  const key = ({ publicPort, privatePort, protocol }: Port) => `${publicPort}->${privatePort}/${protocol}`;
  const onIPv4 = new Set(ports.filter(({ ip }) => ip === '0.0.0.0').map(key));
  return ports.filter((port) => port.ip !== '::' || !onIPv4.has(key(port)));
}
