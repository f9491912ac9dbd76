import { z } from 'zod';
import { parseReference } from '../../domain/reference.ts';
import type { Registries, RegistryHost } from '../calls.ts';
import { askJson } from './ask-json.ts';
import { listOf } from './list-of.ts';
import { byNearness } from './nearness.ts';
import { readPages } from './read-pages.ts';
import type { SearchAnswer, SearchQuery } from './types.ts';

/** Of `/service/rest/v1/search` of Nexus 3: a component is one tag of one image. */
const Search = z.lazy(() =>
  z.object({
    items: listOf(z.object({ repository: z.string(), name: z.string() }), 5000),
    continuationToken: z.string().max(4000).nullish(),
  }),
);

const BOUNDS = { pages: 20, items: 5000 };
/** Repositories of Nexus whose address is found out. */
const MOST_REPOSITORIES = 5;

/**
 * Searches Nexus 3 for names; its index is behind the writes, so tags are not read from it. An image is addressed through a
 * connector by its name alone, and on the main port with the repository before it: one image of each repository is asked for
 * to find out which.
 */
export async function searchNexus(
  host: RegistryHost,
  { term, limit, signal }: SearchQuery,
  registries: Registries,
): Promise<SearchAnswer> {
  const first = host.apiUrl('/service/rest/v1/search');
  first.searchParams.set('format', 'docker');
  first.searchParams.set('name', `*${term}*`);
  const read = async (url: URL) => {
    const { body } = await askJson(host, Search, { url, signal });
    const next = new URL(first);
    if (body.continuationToken) next.searchParams.set('continuationToken', body.continuationToken);
    return { items: body.items, next: body.continuationToken ? next : undefined };
  };
  const { items, cut } = await readPages(first, read, BOUNDS);
  const byRepository = Map.groupBy(items, ({ repository }) => repository);
  const shown = [...byRepository].slice(0, MOST_REPOSITORIES);
  const paths = await Promise.all(
    shown.map(async ([repository, [image, ...others]]) => {
      if (image === undefined) return [];
      const before = (await isByPath(`${host.registry}/${repository}/${image.name}`, registries, signal))
        ? `${repository}/`
        : '';
      return [image, ...others].map(({ name }) => `${before}${name}`);
    }),
  );
  const found = (await byNearness(paths.flat(), term)).map((path) => ({
    path,
    description: '',
    stars: undefined,
    isOfficial: false,
  }));
  return { found: found.slice(0, limit), cut: cut || byRepository.size > shown.length || found.length > limit };
}

async function isByPath(name: string, registries: Registries, signal: AbortSignal): Promise<boolean> {
  try {
    const repository = registries.repository(parseReference(name));
    const response = await repository.ask({ method: 'GET', url: repository.url('tags/list?n=1'), signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // No name of an image, or no answer: the image is listed by its name alone.
    return false;
  }
}
