import type { Config } from '../config.ts';
import { UserError } from '../domain/errors.ts';
import { matchesPattern } from '../domain/glob.ts';
import { nearest } from '../domain/nearest.ts';
import { canonical, familiar, type ImageReference, parseReference } from '../domain/reference.ts';

/** Whether the config lets a repository onto its hosts. */
export function isAllowed({ registry, path }: ImageReference, config: Config): boolean {
  return config.images.allow.some((pattern) => matchesPattern(pattern, `${registry}/${path}`));
}

/**
 * Checks an image against the config. Throws a `UserError` when it is not allowed; returns warnings otherwise. `seen` are the
 * services of which a person may be told: for one that is called by its service, the whole name is offered.
 */
export function checkImage(
  image: ImageReference,
  config: Config,
  seen: Iterable<string> = [],
): { readonly reference: ImageReference; readonly warnings: readonly string[] } {
  if (!isAllowed(image, config)) throw notAllowed(image, config, seen);
  if (image.tag !== undefined || image.digest !== undefined) return { reference: image, warnings: warnings(image) };
  if (config.images.requireTag) {
    throw new UserError(
      'tag_needed',
      `\`${familiar(image)}\` has no tag, and here \`latest\` is not implied.`,
      `Say which: \`${familiar(image)}:<tag>\``,
    );
  }
  const reference = { ...image, tag: 'latest' };
  return {
    reference,
    warnings: [
      `No tag given, so this is \`${familiar(reference)}\`: tomorrow it may be another image.`,
      ...warnings(image),
    ],
  };
}

function notAllowed(image: ImageReference, config: Config, seen: Iterable<string>): UserError {
  const meant = nearImage(image, config, seen);
  const near = meant === undefined ? '' : ` Did you mean \`${familiar(meant)}\`?`;
  return new UserError(
    'image_not_allowed',
    `\`${familiar(image)}\` is not on the list of allowed images.${near}`,
    allowedHint(config.images.allow, config, seen),
    meant === undefined ? {} : { instead: { typed: familiar(image), meant: familiar(meant) } },
  );
}

/**
 * Names the patterns that a list of images has. One that fits images of services, but of none of which a person may be told,
 * would name those: it is left out.
 */
export function allowedHint(
  patterns: readonly string[],
  { services }: Pick<Config, 'services'>,
  seen: Iterable<string>,
): string {
  const told = new Set(seen);
  const shown = patterns.filter((pattern) => {
    const fitting = [...services.values()].filter(({ image }) => {
      const { registry, path } = parseReference(image);
      return matchesPattern(pattern, `${registry}/${path}`);
    });
    return fitting.length === 0 || fitting.some(({ name }) => told.has(name));
  });
  if (shown.length === 0) return 'Which images are allowed is `images` in the config.';
  return `Allowed: ${shown.map((pattern) => `\`${pattern}\``).join(', ')}`;
}

/** An allowed image of a service that is seen whose name, or the last part of its repository, is near. */
function nearImage(
  { path, tag, digest }: ImageReference,
  config: Config,
  seen: Iterable<string>,
): ImageReference | undefined {
  const known = new Map<string, ImageReference>();
  for (const { name, image } of [...seen].flatMap((service) => config.services.get(service) ?? [])) {
    const repository = parseReference(image);
    if (!isAllowed(repository, config)) continue;
    for (const word of [lastPart(repository.path), name]) known.set(word, { ...repository, tag, digest });
  }
  return known.get(nearest(lastPart(path), known.keys()) ?? '');
}

const lastPart = (path: string) => path.slice(path.lastIndexOf('/') + 1);

// The engine reads a first part without dot or port as a Docker Hub organization, not as a registry.
function warnings(image: ImageReference): string[] {
  const first = image.path.split('/')[0] ?? '';
  if (image.registry !== 'docker.io' || !/^(?:harbor|nexus|registry|gitlab|quay|ghcr)$/u.test(first)) return [];
  return [`\`${first}\` has no dot or port, so the engine reads \`${canonical(image)}\`: Docker Hub.`];
}
