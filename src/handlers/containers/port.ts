import type { PortArgs } from '../../commands/containers/port.ts';
import type { Port } from '../../docker/client/types.ts';
import { handler } from '../handler.ts';
import { timed } from '../over-hosts.ts';
import type { Timed } from '../request.ts';
import { nameOf } from './logs.ts';
import { onPlaces } from './on-places.ts';

export interface Ports {
  readonly host: string;
  readonly container: string;
  /** The engine's text: an engine publishes only what runs. */
  readonly status: string;
  readonly isRunning: boolean;
  readonly published: readonly Port[];
  /** `80/tcp`: reached from other containers only. */
  readonly exposed: readonly string[];
}

export interface PortResult extends Timed {
  readonly hosts: readonly string[];
  readonly containers: readonly Ports[];
}

export const port = handler<PortArgs, PortResult>()(
  ['config', 'hosts', 'now', 'redact'],
  async (request, deps, run) => {
    const { container: word, port: wanted } = request.args;
    const found = await onPlaces(request, [word], { deps, signal: run.signal }, async (_, container, host) => {
      const ports = container.ports.filter((one) => wanted === undefined || matches(one, wanted));
      return {
        host,
        container: nameOf(container),
        status: container.status,
        isRunning: container.state === 'running' || container.state === 'paused',
        published: ports
          .filter(({ publicPort }) => publicPort !== undefined)
          .toSorted((a, b) => a.privatePort - b.privatePort),
        exposed: [...new Set(ports.filter(({ publicPort }) => publicPort === undefined).map(nameOfPort))],
      };
    });
    return { ...timed(request, deps.now(), found.failures), hosts: found.hosts, containers: found.values };
  },
);

export const nameOfPort = ({ privatePort, protocol }: Port): string => `${privatePort}/${protocol}`;

/** Docker reads a port without a protocol as tcp. */
const matches = (one: Port, wanted: string) => nameOfPort(one) === (wanted.includes('/') ? wanted : `${wanted}/tcp`);
