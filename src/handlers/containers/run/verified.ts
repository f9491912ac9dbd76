import { unlessGone } from '../../../docker/rollout/survey.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, phrase } from '../../../domain/phrase.ts';
import { canonical, familiar, type ImageReference } from '../../../domain/reference.ts';
import type { Deps } from '../../deps.ts';
import { type Verified, verifiedDigest, verifiedImage } from '../../images/verified.ts';

/** Digests that an image on a host is known by, as many as are tried. */
const MOST_DIGESTS = 4;

/**
 * The verified image that a tag means on a host: the one that is there, as docker takes it, or else the registry's. Undefined
 * where no rule covers it. Throws a `UserError` unless it is verified; one that has no digest of its repository cannot be.
 */
export async function verifiedToRun(
  image: ImageReference,
  host: string,
  deps: Pick<Deps, 'config' | 'hosts' | 'proofs' | 'redact' | 'tags'>,
  signal: AbortSignal,
): Promise<Verified | undefined> {
  const { registry, path, digest } = image;
  if (!deps.proofs.covers(image)) return undefined;
  if (digest !== undefined) return verifiedDigest({ registry, path, digest }, deps, signal);
  const there = await unlessGone(deps.hosts.engine(host).imageConfig(canonical(image), { signal }));
  if (!there) return verifiedImage(image, [host], deps, signal);
  const digests = there.digests.flatMap((name) => digestIn(name, image));
  if (digests.length === 0)
    throw new UserError(
      'not_verified',
      `${code(familiar(image))} on ${host} did not come from its registry, so no signature can be about it.`,
      phrase`Pull it: ${commandLine(`pull ${familiar(image)} --on ${host}`)}.`,
    );
  let refusal: unknown;
  for (const one of digests.slice(0, MOST_DIGESTS)) {
    try {
      return await verifiedDigest({ registry, path, digest: one }, deps, signal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

/** The digest of `busybox@sha256:…`, where that is in the repository of the image. */
function digestIn(name: string, { registry, path }: ImageReference): string[] {
  const at = name.indexOf('@');
  const isOwn = [`${registry}/${path}`, familiar({ registry, path, tag: undefined, digest: undefined })].includes(
    name.slice(0, at),
  );
  return isOwn ? [name.slice(at + 1)] : [];
}
