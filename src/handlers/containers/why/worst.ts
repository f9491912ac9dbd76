import type { Container } from '../../../docker/client/types.ts';
import type { Place } from '../select-containers.ts';

/** Containers that one answer diagnoses: each takes half a dozen calls, and all of them end within seconds. */
const MOST_DIAGNOSED = 24;

/** Containers of that name that were not diagnosed. */
export interface LeftOut {
  readonly count: number;
  /** How many of them do not run, restart again and again, or are not healthy. */
  readonly inTrouble: number;
}

/** The containers to diagnose, those in most trouble by the engines' lists first, and what is left out. */
export function worstOf(places: readonly Place[]): { readonly worst: readonly Place[]; readonly left: LeftOut } {
  const sorted = places.toSorted((a, b) => wellness(a.container) - wellness(b.container));
  const rest = sorted.slice(MOST_DIAGNOSED);
  const inTrouble = rest.filter(({ container }) => wellness(container) < STARTING).length;
  return { worst: sorted.slice(0, MOST_DIAGNOSED), left: { count: rest.length, inTrouble } };
}

/** Its health check has not passed yet. */
const STARTING = 3;

function wellness({ state, status, health }: Container): number {
  if (state === 'restarting' || state === 'dead' || health === 'unhealthy') return 0;
  if (state === 'running') return health === 'starting' ? STARTING : STARTING + 1;
  // What ended well may have been meant to.
  return state === 'exited' && !status.startsWith('Exited (0)') ? 1 : 2;
}
