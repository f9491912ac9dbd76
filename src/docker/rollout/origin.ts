import { UserError } from '../../domain/errors.ts';
import { canonical, type ImageReference, parseReference } from '../../domain/reference.ts';
import type { ImageDetail } from '../client/types.ts';
import type { RawContainer, RawImage } from '../shapes/raw.ts';

/**
 * The image reference a container was created with, as someone typed it. The engine records it, so no image can forge
 * it. It stays when the tag moves to another image. Undefined for a container created from an image id.
 */
export function imageReferenceOf({ Image: id, Config: config }: Pick<RawContainer, 'Image' | 'Config'>) {
  return isId(config.Image, id) ? undefined : referenceOf(config.Image);
}

/** Canonical repositories of which an image has a tag or digest on its host. */
export function repositoriesOf({ tags, digests }: Pick<RawImage, 'tags' | 'digests'>): string[] {
  const names = [...digests, ...tags].flatMap((name) => referenceOf(name) ?? []);
  return [...new Set(names.map(repositoryOf))];
}

/**
 * Names by digest of the image of a container. containerd's image store drops the last name of an image when its tag moves to
 * another one, as with a pull of a newer `latest`, and keeps the digest: it stands in the repository that was typed.
 */
export function digestsOf(
  raw: Pick<RawContainer, 'Image' | 'Config'>,
  { digests, tags, manifest }: Pick<ImageDetail, 'digests' | 'tags' | 'manifest'>,
): readonly string[] {
  const typed = imageReferenceOf(raw);
  if (digests.length > 0 || tags.length > 0 || manifest === undefined || !typed) return digests;
  return [`${repositoryOf(typed)}@${manifest}`];
}

/** The canonical name without tag and digest: `docker.io/library/nginx`. */
export const repositoryOf = (reference: ImageReference) =>
  canonical({ ...reference, tag: undefined, digest: undefined });

/** Parses a reference; undefined for placeholders of images without a name, such as `<none>`. */
export function referenceOf(text: string): ImageReference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/**
 * The repository a container runs, if it is proven: only the same repository inherits risks. For an image created from
 * an id, the repository the host knows it by, unless it has several, since anyone may have added one.
 */
export function provenRepository(raw: Pick<RawContainer, 'Image' | 'Config'>, image: RawImage | undefined) {
  const typed = imageReferenceOf(raw);
  if (typed) return repositoryOf(typed);
  const [only, ...more] = image ? repositoriesOf(image) : [];
  return more.length === 0 ? only : undefined;
}

// Engines accept the first digits of an id too, which could also be the name of a repository.
function isId(typed: string, imageId: string): boolean {
  const digits = /^(?:sha256:)?([0-9a-f]{1,64})$/u.exec(typed)?.[1];
  return digits !== undefined && (digits.length === 64 || imageId.replace(/^sha256:/u, '').startsWith(digits));
}
