import { z } from 'zod';
import { parseJson, readBytes } from '../paced/json.ts';
import type { Repository } from './client.ts';
import { Descriptor, MOST_ENTRIES } from './descriptor.ts';
import { EMPTY } from './empty.ts';
import { errorFromAnswer, RegistryError } from './errors.ts';
import { readManifest } from './manifest.ts';
import { INDEX_TYPES } from './media-types.ts';
import { nextPage } from './pages.ts';

export interface Referrers {
  readonly referrers: readonly Descriptor[];
  /** Whether there are more than were read. */
  readonly cut: boolean;
}

interface Query {
  /** Only those of this type; the registry may give others, which are left out here. */
  readonly artifactType?: string | undefined;
  readonly signal: AbortSignal;
}

const MOST_PAGE = 4 * 1024 * 1024;
const MOST_PAGES = 20;
const Page = z.object({ manifests: z.array(z.unknown()).nullish() });

/** What is attached to a digest: signatures, attestations, SBOMs. By the API, or by the tag of registries without one. Rejects with a `RegistryError`. */
export async function readReferrers(repository: Repository, digest: string, query: Query): Promise<Referrers> {
  const found = (await fromApi(repository, digest, query)) ?? (await fromTag(repository, digest, query.signal));
  const { artifactType } = query;
  if (artifactType === undefined) return found;
  return { ...found, referrers: found.referrers.filter((one) => one.artifactType === artifactType) };
}

/** Undefined where the registry has no such API. */
async function fromApi(repository: Repository, digest: string, { artifactType, signal }: Query) {
  const { registry } = repository;
  const referrers: Descriptor[] = [];
  const filter = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  let next: URL | 'elsewhere' | undefined = repository.url(`referrers/${digest}${filter}`);
  const seen = new Set<string>();
  while (next instanceof URL && seen.size < MOST_PAGES && referrers.length < MOST_ENTRIES && !seen.has(next.href)) {
    const url: URL = next;
    seen.add(url.href);
    const response = await repository.ask({ method: 'GET', url, accept: INDEX_TYPES[0], signal });
    if (!response.ok) {
      const error = await errorFromAnswer(registry, response);
      const isMissing = seen.size === 1 && MISSING.includes(response.status);
      if (isMissing) return undefined;
      throw error;
    }
    next = nextPage(response.headers.get('link'), new URL(response.url));
    referrers.push(...(await descriptorsIn(registry, await readBytes(response.body ?? EMPTY, MOST_PAGE))));
  }
  return { referrers: referrers.slice(0, MOST_ENTRIES), cut: next !== undefined || referrers.length > MOST_ENTRIES };
}

/** How registries say that they have no such address. */
const MISSING: readonly number[] = [400, 404, 405, 406, 501];

async function fromTag(repository: Repository, digest: string, signal: AbortSignal): Promise<Referrers> {
  try {
    const { manifests } = await readManifest(repository, digest.replace(':', '-'), signal);
    return { referrers: manifests, cut: false };
  } catch (error) {
    if (error instanceof RegistryError && error.fault === 'not_found') return { referrers: [], cut: false };
    throw error;
  }
}

async function descriptorsIn(registry: string, bytes: Buffer): Promise<Descriptor[]> {
  const page = Page.safeParse(await parseJson(bytes).catch(() => undefined));
  if (!page.success) throw new RegistryError(registry, 'invalid_answer', { said: 'the list of referrers is not one' });
  // An entry that is none is left out: a registry of strangers wrote it.
  return (page.data.manifests ?? []).slice(0, MOST_ENTRIES + 1).flatMap((one) => Descriptor.safeParse(one).data ?? []);
}
