import { z } from 'zod';
import { createPace } from '../../paced/pace.ts';
import type { RegistryHost } from '../calls.ts';
import { nextPage } from '../pages.ts';
import { askJson } from './ask-json.ts';
import { listOf } from './list-of.ts';
import { byNearness } from './nearness.ts';
import { readPages } from './read-pages.ts';
import type { SearchAnswer, SearchQuery } from './types.ts';

const Catalog = z.object({ repositories: listOf(z.string(), 50_000).nullish() });

/** A registry refuses a page of more names than it is set to give; 100 is what it gives unasked. */
const PAGE = 100;
const BOUNDS = { pages: 50, items: 20_000 };

/** Looks through the names of all repositories (`/v2/_catalog` of the Distribution project). Rejects where that is refused. */
export async function searchCatalog(host: RegistryHost, { term, limit, signal }: SearchQuery): Promise<SearchAnswer> {
  const first = host.url(`/v2/_catalog?n=${PAGE}`);
  const read = async (url: URL) => {
    const { body, headers } = await askJson(host, Catalog, { url, signal });
    return { items: body.repositories ?? [], next: nextPage(headers.get('link'), url) };
  };
  const { items, cut } = await readPages(first, read, BOUNDS);
  const wanted = term.toLowerCase();
  const pace = createPace();
  const matching: string[] = [];
  for (const name of items) {
    if (name.includes(wanted)) matching.push(name);
    await pace();
  }
  const found = (await byNearness(matching, term)).map((path) => ({
    path,
    description: '',
    stars: undefined,
    isOfficial: false,
  }));
  return { found: found.slice(0, limit), cut: cut || found.length > limit };
}
