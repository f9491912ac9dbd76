import { code, UserError } from '../../../domain/errors.ts';
import { familiar, type ImageReference, parseReference } from '../../../domain/reference.ts';
import type { AdoptedImage } from './adopt.ts';

const DIGEST = /^sha256:[0-9a-f]{64}$/u;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/u;

/** The same for a container that no service names; without its repository, the whole image must be said. */
export function adoptedImage(typed: string | undefined, { current, unknown }: AdoptedImage): ImageReference {
  if (current) return wantedImage(typed, current, false);
  if (typed === undefined || DIGEST.test(typed) || !/[/:@]/u.test(typed)) throw unknown;
  const wanted = parseReference(typed);
  return wantedImage(typed, wanted, false);
}

/**
 * What a person means by `1.4.0`, `sha256:…`, `shop:1.4.0` or `harbor.example.com/devops/shop:1.4.0` when they deploy what
 * runs from `current`. `fixed` is said of a service, whose repository the config names: another one is refused.
 */
export function wantedImage(typed: string | undefined, current: ImageReference, fixed: boolean): ImageReference {
  const repository = { registry: current.registry, path: current.path, tag: undefined, digest: undefined };
  const name = familiar(repository);
  if (typed === undefined)
    throw new UserError('tag_needed', `Which version of \`${name}\`?`, 'Say a tag or a digest after the service.');
  if (DIGEST.test(typed)) return { ...repository, digest: typed };
  const named = /[/:@]/u.test(typed);
  if (!named) {
    if (!TAG.test(typed))
      throw new UserError('bad_input', `${code(typed)} is not a tag.`, 'A tag has letters, digits, `_`, `.` and `-`.');
    return { ...repository, tag: typed };
  }
  const wanted = parseReference(typed);
  if (wanted.tag === undefined && wanted.digest === undefined)
    throw new UserError('tag_needed', `${code(typed)} has no tag.`, `Say which: \`${familiar(wanted)}:<tag>\``);
  if (wanted.registry === current.registry && wanted.path === current.path) return wanted;
  // People leave out the registry: "shop:1.4.0" for a service whose repository ends in /shop.
  const last = current.path.split('/').at(-1);
  if (wanted.registry === 'docker.io' && wanted.path === `library/${last}`)
    return { ...repository, tag: wanted.tag, digest: wanted.digest };
  if (!fixed) return wanted;
  throw new UserError(
    'image_not_allowed',
    `${code(typed)} is not what this service runs: it is \`${name}\`.`,
    'Another repository is another service in the config.',
  );
}
