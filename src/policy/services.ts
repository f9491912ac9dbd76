import type { Config } from '../config.ts';

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
