import type { HubResult } from '../../../docker/client/look-types.ts';
import { parseReference } from '../../../domain/reference.ts';
import { searchRegistry } from '../../../registry/catalogue/search.ts';
import type { FoundRepository, SearchAnswer } from '../../../registry/catalogue/types.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';
import type { OneSearch } from './where.ts';

/** Milliseconds for one engine. */
const ENGINE_MS = 3000;
/** Engines that are asked before Fairlead asks Docker Hub itself. */
const MOST_ENGINES = 2;

/**
 * Searches Docker Hub as `docker search` does, through the engine of a host; where no engine can, through Docker Hub's own
 * API. Most stars first. Rejects with what Docker Hub's API said.
 */
export async function searchHub(
  request: Request,
  { registry, term, limit, filters }: OneSearch,
  deps: Pick<Deps, 'hosts' | 'registries'>,
  signal: AbortSignal,
): Promise<SearchAnswer> {
  const kept = ({ found, cut }: SearchAnswer): SearchAnswer => ({
    found: found.filter((one) => matches(one, filters)).toSorted((a, b) => (b.stars ?? 0) - (a.stars ?? 0)),
    cut,
  });
  for (const host of request.hosts.slice(0, MOST_ENGINES)) {
    const [outcome] = await deps.hosts.each(
      [host],
      (engine) => engine.searchHub({ term, limit, filters }, { signal }),
      {
        signal,
        deadlineMs: ENGINE_MS,
      },
    );
    if (outcome?.ok) return kept({ found: outcome.value.flatMap(fromEngine), cut: outcome.value.length >= limit });
  }
  return kept(await searchRegistry(deps.registries, { registry, kind: 'dockerhub' }, { term, limit, signal }));
}

function fromEngine({ name, description, stars, isOfficial }: HubResult): FoundRepository[] {
  try {
    const { registry, path } = parseReference(name);
    return registry === 'docker.io' ? [{ path, description, stars, isOfficial }] : [];
  } catch {
    return [];
  }
}

function matches({ stars = 0, isOfficial }: FoundRepository, filters: OneSearch['filters']): boolean {
  const official = filters['is-official']?.map((value) => value === 'true' || value === '1') ?? [isOfficial];
  return official.includes(isOfficial) && (filters['stars'] ?? []).every((least) => stars >= Number(least));
}
