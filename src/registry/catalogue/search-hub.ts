import { z } from 'zod';
import type { RegistryHost } from '../calls.ts';
import { askJson } from './ask-json.ts';
import { listOf } from './list-of.ts';
import type { SearchAnswer, SearchQuery } from './types.ts';

/** Docker Hub's `/v2/search/repositories/`: undocumented, and what public clients have used for years. */
const Search = z.lazy(() =>
  z.object({
    count: z.number().nullish(),
    results: listOf(
      z.object({
        repo_name: z.string(),
        short_description: z.string().nullish(),
        star_count: z.number().nullish(),
        is_official: z.boolean().nullish(),
      }),
      1000,
    ),
  }),
);

/** Searches Docker Hub by its own API, for when no engine can. */
export async function searchHubApi(host: RegistryHost, { term, limit, signal }: SearchQuery): Promise<SearchAnswer> {
  const url = host.apiUrl('/v2/search/repositories/');
  url.searchParams.set('query', term);
  url.searchParams.set('page_size', String(limit));
  const { body } = await askJson(host, Search, { url, signal });
  const found = body.results.slice(0, limit).map((one) => ({
    path: one.repo_name.includes('/') ? one.repo_name : `library/${one.repo_name}`,
    description: one.short_description ?? '',
    stars: one.star_count ?? 0,
    isOfficial: one.is_official === true,
  }));
  return { found, cut: (body.count ?? 0) > found.length };
}
