import type { Config } from '../config.ts';
import { UserError } from '../domain/errors.ts';
import { matchesPattern } from '../domain/glob.ts';
import { canonical, familiar, type ImageReference } from '../domain/reference.ts';

/** Whether the config lets a repository onto its hosts. */
export function isAllowed({ registry, path }: ImageReference, config: Config): boolean {
  return config.images.allow.some((pattern) => matchesPattern(pattern, `${registry}/${path}`));
}

/** Checks an image against the config. Throws a `UserError` when it is not allowed; returns warnings otherwise. */
export function checkImage(
  image: ImageReference,
  config: Config,
): { readonly reference: ImageReference; readonly warnings: readonly string[] } {
  if (!isAllowed(image, config)) {
    throw new UserError(
      'image_not_allowed',
      `\`${familiar(image)}\` is not on the list of allowed images.`,
      `Allowed: ${config.images.allow.map((item) => `\`${item}\``).join(', ')}`,
    );
  }
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

// The engine reads a first part without dot or port as a Docker Hub organization, not as a registry.
function warnings(image: ImageReference): string[] {
  const first = image.path.split('/')[0] ?? '';
  if (image.registry !== 'docker.io' || !/^(?:harbor|nexus|registry|gitlab|quay|ghcr)$/u.test(first)) return [];
  return [`\`${first}\` has no dot or port, so the engine reads \`${canonical(image)}\`: Docker Hub.`];
}
