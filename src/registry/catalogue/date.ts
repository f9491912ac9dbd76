import type { TagDate } from './types.ts';

/** Before this no registry was: reproducible builds say 1970, and Go's zero time is the year 1. */
const FIRST = Date.UTC(2005, 0, 1);
/** Clocks differ; more than a day ahead is no date. */
const MOST_AHEAD = 86_400_000;

/** A date of RFC 3339 or in Unix milliseconds; undefined for one that says nothing. */
export function dateOf(said: string | number | null | undefined, of: TagDate['of']): TagDate | undefined {
  const at = typeof said === 'number' ? said : Date.parse((said ?? '').slice(0, 64));
  return Number.isFinite(at) && at >= FIRST && at <= Date.now() + MOST_AHEAD ? { at, of } : undefined;
}
