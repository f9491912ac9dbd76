import type { Config } from '../config.ts';
import type { ImageReference } from '../domain/reference.ts';
import { closest, newestFirst } from '../domain/version.ts';
import type { Observer } from '../observe.ts';
import { manifestDetail } from './catalogue/manifest-detail.ts';
import { listTags } from './catalogue/tag-names.ts';
import { createRegistries } from './client.ts';
import { readDigest } from './manifest.ts';

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
  /** What an image is made for, as `linux/arm64/v8`. */
  platforms(reference: ImageReference, signal: AbortSignal): Promise<readonly string[]>;
}

const DEADLINE_MS = 5000;

/** Reads tags through the Distribution API, with the accounts of the config. */
export function createTags(config: Config, observer?: Observer): Tags {
  const registries = createRegistries(config, observer);
  const inTime = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const read = async (reference: ImageReference, signal: AbortSignal): Promise<TagList> => {
    try {
      return await listTags(registries, reference, inTime(signal));
    } catch {
      // Only a suggestion is lost; what failed itself has been told already.
      return { tags: [], cut: false };
    }
  };
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
    async platforms(reference, signal) {
      try {
        const { registry, path, tag = 'latest', digest = tag } = reference;
        return (await manifestDetail(registries.repository({ registry, path }), digest, inTime(signal))).platforms;
      } catch {
        return [];
      }
    },
  };
}
