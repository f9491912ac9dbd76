import { UserError } from '../../domain/errors.ts';
import { canonical, type ImageReference, parseReference } from '../../domain/reference.ts';
import type { RawContainer, RawImage } from '../shapes/raw.ts';

/**
 * The reference a container was made from, as somebody typed it: the engine records it, so no image can lie about it. It
 * stays when its tag moves on to another image. Undefined for a container made from an image id.
 */
export function imageReferenceOf({ Image: id, Config: config }: Pick<RawContainer, 'Image' | 'Config'>) {
  return isId(config.Image, id) ? undefined : referenceOf(config.Image);
}

/** Repositories an image has a tag or a digest of on its host, canonical, each once. */
export function repositoriesOf({ tags, digests }: Pick<RawImage, 'tags' | 'digests'>): string[] {
  const names = [...digests, ...tags].flatMap((name) => referenceOf(name) ?? []);
  return [...new Set(names.map(repositoryOf))];
}

/** The canonical name without tag and digest: `docker.io/library/nginx`. */
export const repositoryOf = (reference: ImageReference) =>
  canonical({ ...reference, tag: undefined, digest: undefined });

/** What is shown of an image that has no name, such as `<none>`, is no reference. */
export function referenceOf(text: string): ImageReference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/**
 * The repository a container runs, for what only the same one may inherit. Of an image made from an id, the one the host
 * knows it by: where it has several names, anybody may have added one, so that proves nothing.
 */
export function provenRepository(raw: Pick<RawContainer, 'Image' | 'Config'>, image: RawImage | undefined) {
  const typed = imageReferenceOf(raw);
  if (typed) return repositoryOf(typed);
  const [only, ...more] = image ? repositoriesOf(image) : [];
  return more.length === 0 ? only : undefined;
}

// Engines take the first digits of an id too, and those alone could be the name of a repository.
function isId(typed: string, imageId: string): boolean {
  const digits = /^(?:sha256:)?([0-9a-f]{1,64})$/u.exec(typed)?.[1];
  return digits !== undefined && (digits.length === 64 || imageId.replace(/^sha256:/u, '').startsWith(digits));
}
