import { code, UserError } from '../../domain/errors.ts';
import { serviceName } from '../../policy/services.ts';
import { selectContainers } from '../containers/select-containers.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';
import { unreachable } from './make-plan.ts';

/**
 * The containers that typed words mean, as full ids by host. A word may name its host: `shop@web-1`, as a form gives it.
 * Throws a `UserError` where one is missing, or a host did not say what it has.
 */
export async function findTargets(
  request: Request,
  words: readonly string[],
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, Set<string>>();
  // A service is on its hosts by the config; of anything else that has one name on several, one may be meant.
  const isService = words.length === 1 && deps.config.services.has(serviceName(words[0] ?? '', deps.config));
  const onSeveralHosts = isService ? 'all' : 'ask';
  for (const [host, names] of Map.groupBy(words, hostIn)) {
    if (host !== undefined && !request.hosts.includes(host))
      throw new UserError('host_unknown', `There is no host ${code(host)} for \`${request.command}\` here.`);
    const own = host === undefined ? request : { ...request, hosts: [host], hostsNamed: true };
    const typed = names.map((name) => name.split('@', 1).join(''));
    const { places, failures } = await selectContainers(own, typed, deps, { signal, onSeveralHosts });
    if (failures.length > 0) throw unreachable(failures);
    for (const place of places) found.set(place.host, (found.get(place.host) ?? new Set()).add(place.container.id));
  }
  return new Map([...found].map(([host, ids]) => [host, [...ids]]));
}

const hostIn = (word: string): string | undefined => {
  const at = word.indexOf('@');
  return at < 0 || at === word.length - 1 ? undefined : word.slice(at + 1);
};
