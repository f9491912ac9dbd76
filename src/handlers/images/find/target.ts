import type { Config } from '../../../config.ts';
import { type ImageReference, parseReference } from '../../../domain/reference.ts';
import { checkImage, isAllowed } from '../../../policy/images.ts';
import { serviceName } from '../../../policy/services.ts';

export interface TagsTarget {
  /** Without tag and digest. */
  readonly repository: ImageReference;
  /** A tag that was typed with it: `nginx:1.27`. */
  readonly tag: string | undefined;
  /** Whether the config lets the image onto its hosts. */
  readonly isAllowed: boolean;
}

/**
 * The repository that is meant: a service that the person may see (`seen`) stands for its image. Throws a `UserError` for
 * what is no reference, and for a registry that Fairlead is not to ask.
 */
export function tagsTarget(typed: string, config: Config, seen: readonly string[]): TagsTarget {
  const name = serviceName(typed, config);
  const service = seen.includes(name) ? config.services.get(name) : undefined;
  const { tag, ...rest } = parseReference(service?.image ?? typed);
  const repository = { ...rest, tag: undefined, digest: undefined };
  const allowed = isAllowed(repository, config);
  if (!allowed && repository.registry !== 'docker.io' && !config.registries.has(repository.registry))
    checkImage(repository, config, seen);
  return { repository, tag: service === undefined ? tag : undefined, isAllowed: allowed };
}
