import type { RegistryKind } from '../../config/registries.ts';
import type { Registries } from '../calls.ts';
import { searchCatalog } from './search-catalog.ts';
import { searchHarbor } from './search-harbor.ts';
import { searchHubApi } from './search-hub.ts';
import { searchNexus } from './search-nexus.ts';
import type { SearchAnswer, SearchQuery } from './types.ts';

/** Searches a registry for repositories by part of their name. Rejects with a `RegistryError`. */
export async function searchRegistry(
  registries: Registries,
  { registry, kind }: { readonly registry: string; readonly kind: RegistryKind | undefined },
  query: SearchQuery,
): Promise<SearchAnswer> {
  const host = registries.host(registry);
  if (kind === 'dockerhub') return searchHubApi(host, query);
  if (kind === 'harbor') return searchHarbor(host, query);
  if (kind === 'nexus') return searchNexus(host, query, registries);
  return searchCatalog(host, query);
}
