import { code } from '../../domain/errors.ts';
import type { ImageReference } from '../../domain/reference.ts';
import type { RawContainer, RawImage } from '../shapes/raw.ts';
import { imageReferenceOf, referenceOf, repositoryOf } from './origin.ts';
import type { Served } from './types.ts';

interface Serving {
  readonly raw: RawContainer;
  readonly image: RawImage | undefined;
  /** Status of the engine's list: "Up 3 hours (healthy)". */
  readonly status: string;
  /** Canonical repository of the plan, preferred where the image has several. */
  readonly repository: string;
}

/**
 * Whether a running container is a version to roll back to later: it serves, is healthy, and its image has a registry
 * digest.
 */
export function servedVersion({ raw, image, status, repository }: Serving): Served {
  const why = whyNotServing(raw, status);
  if (why !== undefined) return { why };
  const typed = imageReferenceOf(raw);
  const known = findDigestReference(typed, image?.digests ?? [], repository);
  if (!known?.digest)
    return {
      why: image ? 'its image has no registry digest (built or loaded on the host)' : 'its image is gone',
    };
  const name = repositoryOf(known);
  const tag = typed?.tag !== undefined && repositoryOf(typed) === name ? typed.tag : onlyTag(image?.tags ?? [], name);
  return { image: { repository: name, digest: known.digest, ...(tag === undefined ? {} : { tag }) } };
}

function whyNotServing({ State, RestartCount }: RawContainer, status: string): string | undefined {
  const { Status, Health } = State;
  // A crash loop is `running` for a moment each time; the status says for how long.
  const isSteady = /^Up (?!Less than a second|\d+ seconds?)/u.test(status);
  if (Status === 'restarting' || (RestartCount > 0 && !isSteady)) return 'it keeps restarting';
  if (Status !== 'running') return `it is ${code(Status)}, not running`;
  if (Health?.Status === 'unhealthy') return 'it is unhealthy';
  return Health?.Status === 'starting' ? 'its health check has not passed yet' : undefined;
}

/** Prefers the typed repository, then that of the plan; all name the same content. */
export function findDigestReference(
  typed: ImageReference | undefined,
  digests: readonly string[],
  repository: string,
): ImageReference | undefined {
  const known = digests.flatMap((name) => referenceOf(name) ?? []).filter(({ digest }) => digest !== undefined);
  const of = (name: string) => known.find((reference) => repositoryOf(reference) === name);
  const same = known.find(({ digest }) => digest === typed?.digest);
  return (
    same ?? (typed && of(repositoryOf(typed))) ?? of(repository) ?? known[0] ?? (typed?.digest ? typed : undefined)
  );
}

function onlyTag(tags: readonly string[], repository: string): string | undefined {
  const [tag, ...others] = tags
    .flatMap((name) => referenceOf(name) ?? [])
    .filter((reference) => repositoryOf(reference) === repository)
    .flatMap(({ tag }) => tag ?? []);
  return others.length === 0 ? tag : undefined;
}
