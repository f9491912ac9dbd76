import { z } from 'zod';
import type { RegistryHost } from '../calls.ts';
import { nextPage } from '../pages.ts';
import { askJson } from './ask-json.ts';
import { listOf } from './list-of.ts';
import { byNearness } from './nearness.ts';
import { readPages } from './read-pages.ts';
import type { SearchAnswer, SearchQuery } from './types.ts';

/** Of `/search` (api/v2.0/swagger.yaml of Harbor 2): one answer with all that the caller may see. */
const Search = z.object({ repository: listOf(z.object({ repository_name: z.string() }), 20_000).nullish() });
const Repositories = listOf(z.object({ name: z.string(), description: z.string().nullish() }), 100);

const BOUNDS = { pages: 5, items: 500 };

/** Searches Harbor: names by `/search`, their descriptions by `/repositories`, where the account may list those. */
export async function searchHarbor(host: RegistryHost, query: SearchQuery): Promise<SearchAnswer> {
  const { term, limit, signal } = query;
  const url = host.apiUrl('/api/v2.0/search');
  url.searchParams.set('q', term);
  const [names, descriptions] = await Promise.all([
    askJson(host, Search, { url, signal }),
    descriptionsOf(host, query).catch(() => new Map<string, string>()),
  ]);
  const paths = (names.body.repository ?? []).map(({ repository_name: name }) => name);
  const found = (await byNearness(paths, term)).map((path) => ({
    path,
    description: descriptions.get(path) ?? '',
    stars: undefined,
    isOfficial: false,
  }));
  return { found: found.slice(0, limit), cut: found.length > limit };
}

async function descriptionsOf(host: RegistryHost, { term, signal }: SearchQuery): Promise<Map<string, string>> {
  const first = host.apiUrl('/api/v2.0/repositories');
  first.searchParams.set('page', '1');
  first.searchParams.set('page_size', '100');
  // Harbor reads these characters as its query language.
  first.searchParams.set('q', `name=~${term.replace(/[^\w./-]/gu, '')}`);
  const read = async (url: URL) => {
    const { body, headers } = await askJson(host, Repositories, { url, signal });
    return { items: body, next: nextPage(headers.get('link'), url) };
  };
  const { items } = await readPages(first, read, BOUNDS);
  return new Map(items.map(({ name, description }) => [name, description ?? '']));
}
