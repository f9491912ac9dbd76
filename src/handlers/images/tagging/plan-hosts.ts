import type { Config } from '../../../config.ts';
import type { Container, Image } from '../../../docker/client/types.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { matchesPattern } from '../../../domain/glob.ts';
import { familiar, type ImageReference, parseReference } from '../../../domain/reference.ts';
import { kindOfTag } from '../../../domain/release.ts';
import { allowedHint } from '../../../policy/images.ts';
import { serviceOfRepository } from '../../../policy/publish.ts';
import { named } from '../../../text/names.ts';
import { type FoundImage, imageNamed } from './find-image.ts';
import type { PlannedHost } from './types.ts';

/** What a tag would do on one host. Nothing is touched. */
export function planHost(found: FoundImage, target: ImageReference, config: Config): PlannedHost {
  const { host, image, images, containers } = found;
  const before = imageNamed(images, target);
  const why = before?.id === image.id ? [] : reasons({ image, before, target, containers }, config);
  return { host, imageId: image.id, before: before?.id ?? null, why };
}

interface Change {
  readonly image: Image;
  readonly before: Image | undefined;
  readonly target: ImageReference;
  readonly containers: readonly Container[];
}

/** Why nobody gives the name away alone: it is a release, in use, or one that a deploy of a service goes by. */
function reasons({ image, before, target, containers }: Change, config: Config): string[] {
  const why: string[] = [];
  const name = familiar(target);
  if (before && kindOfTag(target.tag ?? '') === 'release') why.push(`${name} is a release, and another image has it.`);
  const users = before ? containers.filter(({ imageId }) => imageId === before.id) : [];
  if (users.length > 0)
    why.push(
      `${name} is the image of ${named(
        users.flatMap(({ names }) => names[0] ?? []),
        200,
      )}.`,
    );
  if (serviceOfRepository(target, config) !== undefined && !isOf(image, target))
    why.push(
      `${familiar({ ...target, tag: undefined })} is the repository of a service, and the image is from another.`,
    );
  return why;
}

function isOf({ tags, digests }: Image, { registry, path }: ImageReference): boolean {
  return namesOf({ tags, digests }).some((one) => one.registry === registry && one.path === path);
}

/** Whether an image goes by a name that the config allows. One without a name is only allowed where everything is. */
export function isAllowed(
  image: Pick<Image, 'tags' | 'digests'>,
  { images: { allow } }: Pick<Config, 'images'>,
): boolean {
  if (allow.includes('**')) return true;
  return namesOf(image).some(({ registry, path }) =>
    allow.some((pattern) => matchesPattern(pattern, `${registry}/${path}`)),
  );
}

/** Throws a `UserError` unless the image is allowed: a tag would give it another name. `seen` is as of `checkImage`. */
export function mustBeAllowed(image: Image, config: Config, seen: Iterable<string> = []): void {
  if (isAllowed(image, config)) return;
  const name = image.tags[0] ?? image.id.slice(7, 19);
  throw new UserError(
    'image_not_allowed',
    `${code(name)} is not on the list of allowed images, so it gets no name that is.`,
    allowedHint(config.images.allow, config, seen),
  );
}

function namesOf({ tags, digests }: Pick<Image, 'tags' | 'digests'>): ImageReference[] {
  return [...tags, ...digests].flatMap((name) => {
    try {
      return [parseReference(name)];
    } catch {
      // An engine's own name that is no reference: it can match no pattern either.
      return [];
    }
  });
}

/** Whether a plan's place is still as it was. */
export function isStale(planned: PlannedHost, now: PlannedHost): boolean {
  return (
    planned.imageId !== now.imageId ||
    planned.before !== now.before ||
    now.why.some((reason) => !planned.why.includes(reason))
  );
}

/** The line that gives a name back to the image that had it; undefined where there was none, or it would be refused. */
export function backOn(
  before: Image | undefined,
  { host, target }: { readonly host: string; readonly target: ImageReference },
  config: Config,
): string | undefined {
  if (before === undefined) return undefined;
  const name = familiar(target);
  const left = { tags: before.tags.filter((tag) => tag !== name), digests: before.digests };
  if (!isAllowed(left, config)) return undefined;
  const force = kindOfTag(target.tag ?? '') === 'release' ? ' --force' : '';
  return `tag ${before.id.slice(7, 19)} ${name}${force} --on ${host}`;
}
