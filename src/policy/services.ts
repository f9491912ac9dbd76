import type { Config } from '../config.ts';
import { code } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';

/**
 * The service name that rules apply to, for a typed name: a service's own name, or that of its container or Swarm service, so
 * that another name for a service evades no rule. Any other name is that of an adopted container.
 */
export function serviceName(typed: string, config: Config): string {
  if (config.services.has(typed)) return typed;
  for (const service of config.services.values())
    if ((service.kind === 'swarm' ? service.swarm : service.container.name) === typed) return service.name;
  return typed;
}

/** The service that a misspelled name may mean, of those a person may see; undefined for a name that the config has. */
export function nearService(name: string, { services }: Config, seen: Iterable<string>): string | undefined {
  return services.has(name) ? undefined : nearest(name, seen);
}

/** Services that a message names when none is near. */
const MOST_NAMED = 5;

/** The message for an unknown service, with the nearest of those a person may see, or those; undefined for a known one. */
export function noService(name: string, config: Config, seen: Iterable<string>): string | undefined {
  if (config.services.has(name)) return undefined;
  const there = [...seen];
  const near = nearService(name, config, there);
  const some = there.slice(0, MOST_NAMED).map(code).join(', ');
  const list = some === '' ? '' : ` Services here: ${some}${there.length > MOST_NAMED ? ', …' : ''}.`;
  return `There is no service ${code(name)} in the config.${near === undefined ? list : ` Did you mean \`${near}\`?`}`;
}
