import type { SearchArgs } from '../../commands/images/search.ts';
import { engineFilters } from '../../commands/language/filters.ts';
import type { Phrase } from '../../domain/phrase.ts';
import { familiar, parseReference } from '../../domain/reference.ts';
import { isAllowed } from '../../policy/images.ts';
import type { FoundRepository } from '../../registry/catalogue/types.ts';
import { cutHidden } from '../../text/cut.ts';
import { TRICKS } from '../../text/invisible.ts';
import { permitted } from '../access/permitted.ts';
import type { Deps } from '../deps.ts';
import { handler } from '../handler.ts';
import { type Page, paged } from '../paged.ts';
import type { Request, Timed } from '../request.ts';
import { type Searched, searchOne } from './find/search-one.ts';
import { DOCKER_HUB, whereToSearch } from './find/where.ts';

export interface SearchRow {
  /** As docker writes it, with its registry: `nginx`, `harbor.example.com/devops/shop`. */
  readonly name: string;
  readonly description: string;
  readonly stars: number | undefined;
  readonly isOfficial: boolean;
  /** Whether the config allows the image here. */
  readonly isAllowed: boolean;
}

export interface SearchResult extends Pick<Timed, 'at' | 'ms'>, Page<SearchRow> {
  readonly term: string;
  readonly searched: readonly string[];
  readonly notSearched: readonly { readonly registry: string; readonly cause: string; readonly tryThis: Phrase }[];
  /** Registries that have more than is listed. */
  readonly cut: readonly string[];
  /** Whether the person may list tags here. */
  readonly mayListTags: boolean;
}

export const SEARCH_ROWS = 10;
const MOST_DESCRIPTION = 300;

/** A registry that takes longer keeps nobody from the others' answers. Milliseconds. */
const PATIENCE_MS = 1500;

export const search = handler<SearchArgs, SearchResult>()(
  ['config', 'hosts', 'now', 'redact', 'registries', 'specs'],
  async (request, deps, run) => {
    const { args } = request;
    const { term, registries } = whereToSearch(request, deps.config);
    const wanted = onlyHub(args) ? registries.filter((name) => name === DOCKER_HUB) : registries;
    const filters = engineFilters(args.filter);
    const asked = new Map(wanted.map((registry) => [registry, awaited(registry)]));
    const result = () => resultOf(request, { term, asked: [...asked.values()] }, deps);
    const early = setTimeout(() => {
      if ([...asked.values()].some(({ ok }) => ok)) run.early(result());
    }, PATIENCE_MS);
    try {
      await Promise.all(
        wanted.map(async (registry) => {
          const query = { registry, term, limit: args.limit, filters };
          asked.set(registry, await searchOne(request, query, deps, run.signal));
        }),
      );
    } finally {
      clearTimeout(early);
    }
    return result();
  },
);

const awaited = (registry: string): Searched => ({
  ok: false,
  registry,
  cause: `${registry} has not answered yet.`,
  tryThis: 'This answer is completed when it does.',
});

interface Asked {
  readonly term: string;
  readonly asked: readonly Searched[];
}

function resultOf(
  request: Request<SearchArgs>,
  { term, asked }: Asked,
  deps: Pick<Deps, 'config' | 'now' | 'redact' | 'specs'>,
): SearchResult {
  const rows = asked.flatMap((one) => (one.ok ? rowsOf(one, deps) : []));
  return {
    at: deps.now(),
    ms: Math.round(performance.now() - request.since),
    ...paged(rows, request.args.page, SEARCH_ROWS),
    term: deps.redact(term),
    searched: asked.flatMap(({ ok, registry }) => (ok ? [registry] : [])),
    notSearched: asked.flatMap((one) => {
      if (one.ok) return [];
      const { registry, cause, tryThis } = one;
      return [{ registry, cause, tryThis }];
    }),
    cut: asked.flatMap((one) => (one.ok && one.cut ? [one.registry] : [])),
    mayListTags: permitted(request, deps).has('tags'),
  };
}

/** Only Docker Hub has stars and official images. */
function onlyHub({ filter }: SearchArgs): boolean {
  return filter.some(({ key, value }) => (key === 'stars' ? Number(value) > 0 : value === 'true' || value === '1'));
}

function rowsOf(
  { registry, found }: Extract<Searched, { ok: true }>,
  deps: Pick<Deps, 'config' | 'redact'>,
): SearchRow[] {
  return found.flatMap((one: FoundRepository) => {
    const reference = referenceOf(registry, one.path);
    if (reference === undefined) return [];
    return [
      {
        name: familiar(reference),
        description: cutHidden(one.description.replace(TRICKS, ' ').trim(), MOST_DESCRIPTION, deps.redact),
        stars: one.stars,
        isOfficial: one.isOfficial,
        isAllowed: isAllowed(reference, deps.config),
      },
    ];
  });
}

/** A name that is none is nothing that could be pulled. */
function referenceOf(registry: string, path: string) {
  try {
    const reference = parseReference(`${registry}/${path}`);
    return reference.tag === undefined && reference.digest === undefined ? reference : undefined;
  } catch {
    return undefined;
  }
}
