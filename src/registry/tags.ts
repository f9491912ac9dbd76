import { nearest } from '../commands/nearest.ts';
import type { ImageReference } from '../commands/reference.ts';
import type { Config } from '../config.ts';
import { type Account, ask, textOf } from './distribution.ts';

export interface Tags {
  /** Real tags of the repository nearest to the one asked for; empty when the registry will not say. Never rejects. */
  near(reference: ImageReference, signal: AbortSignal): Promise<string[]>;
  /** All tags of the repository, in no order; empty when the registry will not say. Never rejects. */
  list(reference: ImageReference, signal: AbortSignal): Promise<string[]>;
  /** What a tag stands for now; undefined when the registry will not say. Never rejects. */
  digest(reference: ImageReference, signal: AbortSignal): Promise<string | undefined>;
}

const DEADLINE_MS = 5000;
const MAX_BODY = 4_000_000;
/** Without all four a registry answers with the digest of an old kind of manifest, which is not the image's. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Reads tags through the Distribution API, with the accounts of the config. */
export function createTags(config: Config): Tags {
  const account = (reference: ImageReference): Account => config.registries.get(reference.registry);
  const inTime = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const list = async (reference: ImageReference, signal: AbortSignal): Promise<string[]> => {
    try {
      const call = { method: 'GET', path: 'tags/list?n=1000', signal: inTime(signal) } as const;
      const response = await ask(reference, account(reference), call);
      if (!response.ok) return [];
      const { tags } = JSON.parse(await textOf(response, MAX_BODY)) as { tags?: unknown };
      return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
    } catch {
      // Only a suggestion is lost; what failed itself has been told already.
      return [];
    }
  };
  return {
    list,
    near: async (reference, signal) => closest(reference.tag ?? 'latest', await list(reference, signal)),
    async digest(reference, signal) {
      try {
        const path = `manifests/${reference.tag ?? 'latest'}`;
        const call = { method: 'HEAD', path, signal: inTime(signal), accept: MANIFESTS } as const;
        const response = await ask(reference, account(reference), call);
        const digest = response.ok ? response.headers.get('docker-content-digest') : null;
        return digest !== null && /^sha256:[0-9a-f]{64}$/u.test(digest) ? digest : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** At most five: the nearest spelling first, then those it is the beginning of, those that begin alike, the newest-looking. */
export function closest(wanted: string, tags: readonly string[]): string[] {
  const best = nearest(wanted, tags);
  const newest = tags.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const longer = newest.filter((tag) => tag.startsWith(wanted));
  const alike = newest.filter((tag) => tag.startsWith(wanted.slice(0, 2)));
  return [...new Set([...(best === undefined ? [] : [best]), ...longer, ...alike, ...newest])].slice(0, 5);
}
