import type { Config } from '../config.ts';
import { code } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';

/**
 * The name rules are about, for what somebody typed: a service's own name, or that of the container or Swarm service it
 * is. Anything else is adopted under its own name, so that no rule is got round by calling a service otherwise.
 */
export function serviceName(typed: string, config: Config): string {
  if (config.services.has(typed)) return typed;
  for (const service of config.services.values())
    if ((service.kind === 'swarm' ? service.swarm : service.container.name) === typed) return service.name;
  return typed;
}

/** That there is no such service, and which was meant; undefined when there is. */
export function noService(name: string, config: Config): string | undefined {
  if (config.services.has(name)) return undefined;
  const near = nearest(name, config.services.keys());
  return `There is no service ${code(name)} in the config.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`;
}
