import type { StatsArgs } from '../../../commands/containers/stats.ts';
import type { Deps } from '../../deps.ts';
import type { HostFailure, Request } from '../../request.ts';
import { selectContainers } from '../select-containers.ts';
import type { Choice } from './read-host.ts';

export interface Chosen {
  readonly hosts: readonly string[];
  readonly failures: readonly HostFailure[];
  on(host: string): Choice;
}

/**
 * The containers that were named, on whichever hosts they are; else all that run on each. `most` rows are kept of each
 * host.
 */
export async function chooseContainers(
  request: Request<StatsArgs>,
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  most: number,
  signal: AbortSignal,
): Promise<Chosen> {
  const { containers, all } = request.args;
  if (containers.length === 0)
    return { hosts: request.hosts, failures: [], on: () => ({ ids: undefined, stopped: all, most }) };
  const selecting = { signal, onSeveralHosts: 'all' as const };
  const { places, failures } = await selectContainers(request, containers, deps, selecting);
  const idsOn = (host: string) => places.flatMap((place) => (place.host === host ? [place.container.id] : []));
  return {
    hosts: request.hosts.filter((host) => idsOn(host).length > 0),
    failures,
    on: (host) => ({ ids: new Set(idsOn(host)), stopped: true, most }),
  };
}
