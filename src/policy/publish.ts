import type { Config } from '../config.ts';
import { code, UserError } from '../domain/errors.ts';
import { matchesPattern } from '../domain/glob.ts';
import { familiar, type ImageReference } from '../domain/reference.ts';
import { allowedHint } from './images.ts';

/**
 * Throws a `UserError` unless the config lets images be pushed to the repository, or tagged in it. `seen` are the services of
 * which a person may be told.
 */
export function checkPush(
  target: ImageReference,
  config: Pick<Config, 'images' | 'services'>,
  seen: Iterable<string> = [],
): void {
  const { images } = config;
  const name = `${target.registry}/${target.path}`;
  if (images.push.some((pattern) => matchesPattern(pattern, name))) return;
  const where = code(familiar({ ...target, tag: undefined, digest: undefined }));
  throw images.push.length === 0
    ? new UserError(
        'image_not_allowed',
        `Nothing may be pushed to ${where}: the config names no repository for that.`,
        `Add it under \`images\`: \`push: [ "${name}" ]\``,
      )
    : new UserError(
        'image_not_allowed',
        `${where} is not on the list of repositories that may be pushed to.`,
        allowedHint(images.push, config, seen),
      );
}

/** The service of the config whose image a repository is. */
export function serviceOfRepository(
  { registry, path }: ImageReference,
  { services }: Pick<Config, 'services'>,
): string | undefined {
  return [...services.values()].find(({ image }) => image === `${registry}/${path}`)?.name;
}
