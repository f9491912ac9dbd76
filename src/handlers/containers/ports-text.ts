import type { Port } from '../../docker/client/types.ts';

/** As docker writes them: `0.0.0.0:8080->80/tcp`; the same port on IPv4 and IPv6 once. */
export function portsText(ports: readonly Port[]): string {
  const texts = ports
    .toSorted((a, b) => a.privatePort - b.privatePort)
    .map((port) =>
      port.publicPort === undefined
        ? `${port.privatePort}/${port.protocol}`
        : `${port.ip === '::' || port.ip === undefined ? '0.0.0.0' : port.ip}:${port.publicPort}->${port.privatePort}/${port.protocol}`,
    );
  return [...new Set(texts)].join(', ');
}
