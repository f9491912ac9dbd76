import type { Config } from '../config.ts';
import type { ImageReference } from '../domain/reference.ts';
import { closest, isAttachment, newestFirst } from '../domain/version.ts';
import { parseJson, readBytes } from '../paced/json.ts';
import { createRegistries, type Repository } from './client.ts';
import { readDigest } from './manifest.ts';
import { nextPage } from './pages.ts';

export interface TagList {
  readonly tags: readonly string[];
  /** Whether the repository has more tags than were read: the newest may be among those. */
  readonly cut: boolean;
}

/** A warning after a list of tags that is not whole; nothing after one that is. */
export const sayCut = ({ cut }: Pick<TagList, 'cut'>): string =>
  cut ? ' The repository has more tags than were read, so there may be newer ones.' : '';

/** Tags of repositories. Nothing here rejects: what a registry will not say is an empty list or undefined. */
export interface Tags {
  /** At most five tags of the repository nearest to the one asked for. */
  near(reference: ImageReference, signal: AbortSignal): Promise<TagList>;
  /** All tags of the repository, newest version first. */
  list(reference: ImageReference, signal: AbortSignal): Promise<TagList>;
  /** What a tag stands for now. */
  digest(reference: ImageReference, signal: AbortSignal): Promise<string | undefined>;
}

const DEADLINE_MS = 5000;
/** Bytes of one page: a registry that pays no heed to `n` gives all its tags at once, 130 bytes each at most. */
const MOST_PAGE = 4_000_000;
const MOST_TAGS = 20_000;
const MOST_PAGES = 100;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/u;
/** Reads tags through the Distribution API, with the accounts of the config. */
export function createTags(config: Config): Tags {
  const registries = createRegistries(config);
  const inTime = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const read = (reference: ImageReference, signal: AbortSignal) =>
    readPages(registries.repository(reference), inTime(signal));
  return {
    async list(reference, signal) {
      const { tags, cut } = await read(reference, signal);
      return { tags: await newestFirst(tags), cut };
    },
    async near(reference, signal) {
      const { tags, cut } = await read(reference, signal);
      return { tags: await closest(reference.tag ?? 'latest', tags), cut };
    },
    async digest(reference, signal) {
      try {
        const repository = registries.repository(reference);
        return await readDigest(repository, reference.digest ?? reference.tag ?? 'latest', inTime(signal));
      } catch {
        return undefined;
      }
    },
  };
}

/** Follows the registry's own `Link` from page to page; how many tags a page has is the registry's choice. */
async function readPages(repository: Repository, signal: AbortSignal): Promise<TagList> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const first = repository.url('tags/list?n=1000');
  let next: URL | 'elsewhere' | undefined = first;
  try {
    while (next instanceof URL && seen.size < MOST_PAGES && found.size < MOST_TAGS && !seen.has(next.href)) {
      seen.add(next.href);
      const response = await repository.ask({ method: 'GET', url: next, signal });
      if (!response.ok) {
        await response.body?.cancel();
        return { tags: [...found], cut: seen.size > 1 };
      }
      for (const tag of await tagsIn(response)) found.add(tag);
      next = nextPage(response.headers.get('link'), first);
    }
  } catch {
    // Only a suggestion is lost; what failed itself has been told already.
    return { tags: [...found], cut: found.size > 0 };
  }
  const tags = [...found];
  return { tags: tags.slice(0, MOST_TAGS), cut: next !== undefined || tags.length > MOST_TAGS };
}

async function tagsIn({ body }: Awaited<ReturnType<Repository['ask']>>): Promise<string[]> {
  if (body === null) return [];
  const { tags } = (await parseJson(await readBytes(body, MOST_PAGE))) as { tags?: unknown };
  const isVersion = (tag: unknown): tag is string => typeof tag === 'string' && TAG.test(tag) && !isAttachment(tag);
  return Array.isArray(tags) ? tags.filter(isVersion) : [];
}
