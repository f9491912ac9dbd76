import type { RegistryKind } from '../../config/registries.ts';
import type { Registries } from '../calls.ts';
import { searchCatalog } from './search-catalog.ts';
import { searchHarbor } from './search-harbor.ts';
import { searchHubApi } from './search-hub.ts';
import { searchNexus } from './search-nexus.ts';
import type { SearchAnswer, SearchQuery } from './types.ts';

type Search = (registries: Registries, registry: string, query: SearchQuery) => Promise<SearchAnswer>;

/** The products that have a search of their own. */
const SEARCHES: Partial<Record<RegistryKind, Search>> = {
  dockerhub: (registries, registry, query) => searchHubApi(registries.host(registry), query),
  harbor: (registries, registry, query) => searchHarbor(registries.host(registry), query),
  nexus: (registries, registry, query) => searchNexus(registries.host(registry), query, registries),
};

/** Whether a product is searched by its own API; of the others all repositories are listed. */
export function hasSearch(kind: RegistryKind | undefined): boolean {
  return kind !== undefined && SEARCHES[kind] !== undefined;
}

/** Searches a registry for repositories by part of their name. Rejects with a `RegistryError`. */
export async function searchRegistry(
  registries: Registries,
  { registry, kind }: { readonly registry: string; readonly kind: RegistryKind | undefined },
  query: SearchQuery,
): Promise<SearchAnswer> {
  const search = kind === undefined ? undefined : SEARCHES[kind];
  return search ? search(registries, registry, query) : searchCatalog(registries.host(registry), query);
}
