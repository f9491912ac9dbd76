import type { ImageSource } from '../../../commands/images/image-target.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import type { Container, Image } from '../../../docker/client/types.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { nearest } from '../../../domain/nearest.ts';
import { commandLine, phrase } from '../../../domain/phrase.ts';
import { canonical, familiar, type ImageReference } from '../../../domain/reference.ts';
import { inWords, silent } from '../../containers/find-container.ts';
import { askForHost } from '../../containers/select-containers.ts';
import type { Deps } from '../../deps.ts';
import { unreachable } from '../../lifecycle/make-plan.ts';
import { settle } from '../../over-hosts.ts';
import type { HostFailure, Request } from '../../request.ts';

/** An image on a host, with everything that a name there could collide with. */
export interface FoundImage {
  readonly host: string;
  readonly image: Image;
  readonly images: readonly Image[];
  readonly containers: readonly Container[];
}

export interface FoundImages {
  readonly found: readonly FoundImage[];
  /** Hosts that did not say whether they have it too; none where hosts were named. */
  readonly failures: readonly HostFailure[];
}

/** Where nobody named a host, a slow one is not waited for. */
const LOOK_MS = 3000;
/** Of each host, for the nearest name. */
const MOST_NAMES = 2000;

/**
 * Finds an image on the hosts of a request: on every host that was named, or else on the one that has it. Throws a
 * `UserError`: `not_found` with the nearest name, `ambiguous` with the hosts that have it.
 */
export async function findImages(
  request: Request,
  source: ImageSource,
  deps: Pick<Deps, 'hosts' | 'redact'>,
  { signal, anyWithIt = false }: { readonly signal: AbortSignal; readonly anyWithIt?: boolean },
): Promise<FoundImages> {
  const outcomes = await deps.hosts.each(request.hosts, (engine) => lookAt(engine, source, signal), {
    signal,
    ...(request.hostsNamed ? {} : { deadlineMs: LOOK_MS }),
  });
  const { values, failures } = settle(outcomes, deps.redact);
  if (values.length === 0 || (request.hostsNamed && failures.length > 0)) throw unreachable(failures);
  const found = values.flatMap(({ host, value }) => (value.image ? [{ host, ...value, image: value.image }] : []));
  const missing = values.filter(({ value }) => value.image === undefined).map(({ host }) => host);
  if (found.length === 0 || (request.hostsNamed && missing.length > 0)) {
    const names = values.flatMap(({ value }) => value.images.flatMap(({ tags }) => tags).slice(0, MOST_NAMES));
    throw noImage(source, missing, names, silent(request.hostsNamed ? [] : failures));
  }
  if (request.hostsNamed) return { found, failures };
  // One image is pushed alike from any host that has it.
  const isOne = anyWithIt && new Set(found.map(({ image }) => image.id)).size === 1;
  if (!isOne) askForHost(request, [{ typed: typedOf(source), places: found }], failures);
  return { found: found.slice(0, 1), failures };
}

export const typedOf = (source: ImageSource): string =>
  source.by === 'id' ? source.id.slice(0, 12) : familiar(source.reference);

async function lookAt(engine: Engine, source: ImageSource, signal: AbortSignal) {
  const [images, containers] = await Promise.all([
    engine.listImages({}, { signal }),
    engine.listContainers({ all: true }, { signal }),
  ]);
  return { images, containers, image: pickImage(images, source) };
}

/** The image that is meant, of those a host has. Throws a `UserError` for the beginning of several ids. */
export function pickImage(images: readonly Image[], source: ImageSource): Image | undefined {
  if (source.by === 'name') return imageNamed(images, source.reference);
  const found = images.filter(({ id }) => id.startsWith(`sha256:${source.id}`));
  if (found.length > 1)
    throw new UserError('ambiguous', `${code(source.id)} is the beginning of ${found.length} image ids.`);
  return found[0];
}

/** The image that has a name; a digest comes before a tag, as for an engine. */
export function imageNamed(images: readonly Image[], reference: ImageReference): Image | undefined {
  const wanted = reference.digest === undefined ? reference : { ...reference, tag: undefined };
  const spellings = new Set([canonical(wanted), familiar(wanted), canonical(wanted).replace(/^docker\.io\//u, '')]);
  return images.find(({ tags, digests }) =>
    (reference.digest === undefined ? tags : digests).some((name) => spellings.has(name)),
  );
}

function noImage(source: ImageSource, hosts: readonly string[], names: readonly string[], unknown: string): UserError {
  const typed = typedOf(source);
  const near = nearest(typed, names);
  return new UserError(
    'not_found',
    `There is no image ${code(typed)} on ${inWords(hosts)}.${unknown}`,
    near === undefined ? phrase`${commandLine('images')} lists what there is.` : `Did you mean \`${near}\`?`,
  );
}
