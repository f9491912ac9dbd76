import { z } from 'zod';
import type { ImageReference } from '../../domain/reference.ts';
import { isAttachment } from '../../domain/version.ts';
import { createPace } from '../../paced/pace.ts';
import type { Registries } from '../calls.ts';
import { RegistryError } from '../errors.ts';
import { nextPage } from '../pages.ts';
import { askJson } from './ask-json.ts';
import { dateOf } from './date.ts';
import { listOf } from './list-of.ts';
import { readPages } from './read-pages.ts';
import type { TagDetail } from './types.ts';

/** The tags of a repository, and what the list itself says of them. */
export interface TagNames {
  /** In the registry's order; without signatures and the like. */
  readonly tags: readonly string[];
  /** Digests that have a signature under a tag of their own, as cosign 2 writes them: `sha256:…`. */
  readonly signed: ReadonlySet<string>;
  /** By tag, where the list has more than names: Google's. */
  readonly known: ReadonlyMap<string, Pick<TagDetail, 'digest' | 'date' | 'bytes'>>;
  readonly cut: boolean;
}

const BOUNDS = { pages: 100, items: 20_000 };
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/u;
/** How cosign 2 names the signature of a digest. */
const SIGNATURE = /^sha256-([0-9a-f]{64})\.sig$/u;

/** `tags/list` of the Distribution API. Google's Artifact Registry adds `manifest`, by digest; its numbers are texts. */
const Page = z.object({ tags: z.unknown().optional(), manifest: z.unknown().optional() });
const Listed = z.lazy(() =>
  z.object({
    tag: listOf(z.string(), 10_000).nullish(),
    timeUploadedMs: z.string().max(20).nullish(),
    imageSizeBytes: z.string().max(20).nullish(),
  }),
);

/** Lists the tags of a repository, all pages. Rejects with a `RegistryError` when the first cannot be read. */
export async function listTags(
  registries: Registries,
  reference: Pick<ImageReference, 'registry' | 'path'>,
  signal: AbortSignal,
): Promise<TagNames> {
  const repository = registries.repository(reference);
  const known = new Map<string, Pick<TagDetail, 'digest' | 'date' | 'bytes'>>();
  const read = async (url: URL) => {
    const { body, headers, from } = await askJson(repository, Page, { url, signal });
    await learn(body.manifest, known);
    return { items: await tagsIn(body.tags), next: nextPage(headers.get('link'), from) };
  };
  const { items, cut } = await readPages(repository.url('tags/list?n=1000'), read, BOUNDS).catch((error) => {
    // Some refuse a page that is larger than they are set to give.
    if (!(error instanceof RegistryError && (error.status === 400 || error.status === 413))) throw error;
    return readPages(repository.url('tags/list'), read, BOUNDS);
  });
  const signed = items.flatMap((tag) => {
    const digest = SIGNATURE.exec(tag)?.[1];
    return digest === undefined ? [] : [`sha256:${digest}`];
  });
  const tags = new Set(items.filter((tag) => !isAttachment(tag)));
  return { tags: [...tags], signed: new Set(signed), known, cut };
}

/** The names of a page that are tags. A registry that pays no heed to `n` gives all at once. */
async function tagsIn(said: unknown): Promise<string[]> {
  const tags: string[] = [];
  const pace = createPace();
  for (const tag of Array.isArray(said) ? said : []) {
    if (typeof tag === 'string' && TAG.test(tag)) tags.push(tag);
    await pace();
  }
  return tags;
}

async function learn(manifests: unknown, known: Map<string, Pick<TagDetail, 'digest' | 'date' | 'bytes'>>) {
  if (typeof manifests !== 'object' || manifests === null) return;
  const pace = createPace();
  for (const [digest, raw] of Object.entries(manifests)) {
    await pace();
    const { data } = Listed.safeParse(raw);
    if (!data || !/^sha256:[0-9a-f]{64}$/u.test(digest)) continue;
    const bytes = Number(data.imageSizeBytes ?? Number.NaN);
    const detail = {
      digest,
      date: dateOf(Number(data.timeUploadedMs ?? Number.NaN), 'pushed'),
      bytes: Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined,
    };
    for (const tag of data.tag ?? []) if (known.size < BOUNDS.items) known.set(tag, detail);
  }
}
