import type { Config } from '../../config.ts';
import type { Container } from '../../docker/client/types.ts';
import { startFirstVersions } from '../../docker/rollout/names.ts';

/** A container id or its beginning: docker takes any unique one, and four digits seldom are a word. */
const ID = /^[0-9a-f]{4,64}$/u;

/** The containers of one host that a typed word means: none, one, or several whose ids begin so. */
export interface Picked {
  readonly by: 'name' | 'id';
  readonly found: readonly Container[];
}

/**
 * Picks the container of a name or, after a start-first rollout, the one made for it, running ones first; else those of an id
 * or its first four or more digits.
 */
export function pickContainer(containers: readonly Container[], typed: string): Picked {
  const named = pickByName(containers, typed);
  const id = typed.toLowerCase();
  if (named.length > 0 || !ID.test(id)) return { by: 'name', found: named };
  return { by: 'id', found: containers.filter((container) => container.id.startsWith(id)) };
}

/**
 * Picks as `pickContainer`; a service of the config goes by the name of its container as well. A grant for a service must not
 * reach a container whose id begins as the service is called (`cafe`).
 */
export function pickCalled(containers: readonly Container[], typed: string, config: Config): Picked {
  const service = config.services.get(typed);
  if (!service) return pickContainer(containers, typed);
  const found = pickByName(containers, typed);
  const own = service.kind === 'container' ? service.container.name : typed;
  return { by: 'name', found: found.length > 0 ? found : pickByName(containers, own) };
}

function pickByName(containers: readonly Container[], typed: string): readonly Container[] {
  const exact = containers.filter((container) => container.names.includes(typed));
  const called = [...exact, ...startFirstVersions(containers, typed)];
  const named = called.find(({ state }) => state === 'running') ?? called[0];
  return named ? [named] : [];
}
