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
  const exact = containers.filter((container) => container.names.includes(typed));
  const called = [...exact, ...startFirstVersions(containers, typed)];
  const named = called.find(({ state }) => state === 'running') ?? called[0];
  if (named) return { by: 'name', found: [named] };
  const id = typed.toLowerCase();
  return { by: 'id', found: ID.test(id) ? containers.filter((container) => container.id.startsWith(id)) : [] };
}
