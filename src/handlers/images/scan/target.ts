import type { ScanArgs } from '../../../commands/images/scan.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import { digestsOf } from '../../../docker/rollout/origin.ts';
import { CONTAINER_NAME } from '../../../domain/container-name.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { canonical, familiar, type ImageReference, parseReference } from '../../../domain/reference.ts';
import { servicesSeen } from '../../../policy/authorize.ts';
import { checkImage } from '../../../policy/images.ts';
import { RegistryError } from '../../../registry/errors.ts';
import { registryUserError } from '../../../registry/explain.ts';
import { readDigest } from '../../../registry/manifest.ts';
import type { ScanTarget } from '../../../scanner/report.ts';
import { onHosts } from '../../choices.ts';
import { type Place, selectContainers } from '../../containers/select-containers.ts';
import type { Deps } from '../../deps.ts';
import { settle } from '../../over-hosts.ts';
import type { HostFailure, Request } from '../../request.ts';

/** What is scanned, and where it was found. */
export interface Found {
  readonly target: ScanTarget;
  /** As people write it: `shop:1.4.0`. */
  readonly image: string;
  /** The container and the host it was read from; undefined of an image that a registry was asked for. */
  readonly of: { readonly host: string; readonly container?: string } | undefined;
  readonly warnings: readonly string[];
  readonly failures: readonly HostFailure[];
}

type TargetDeps = Pick<Deps, 'config' | 'hosts' | 'redact' | 'registries'>;

const LOOK_MS = 10_000;

/** The image that is meant, by its digest: an image, or what a container or service runs. Throws a `UserError`. */
export async function findTarget(request: Request<ScanArgs>, deps: TargetDeps, signal: AbortSignal): Promise<Found> {
  const typed = request.args.image;
  if (CONTAINER_NAME.test(typed)) {
    const found = await runningImage(request, typed, deps, signal);
    if (found) return found;
  }
  const { reference, warnings } = checkImage(parseReference(typed), deps.config, servicesSeen(request, deps.config));
  if (request.hostsNamed) return { ...(await imageOnHost(request, reference, deps, signal)), warnings };
  return { ...(await imageInRegistry(reference, deps, signal)), warnings };
}

/** What a container runs; undefined where no host has one of that name. */
async function runningImage(
  request: Request<ScanArgs>,
  typed: string,
  deps: TargetDeps,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const selection = await selectContainers(request, [typed], deps, { signal, onSeveralHosts: 'all' }).catch(
    (error: unknown) => {
      if (error instanceof UserError && error.reason === 'not_found') return undefined;
      throw error;
    },
  );
  if (!selection) return undefined;
  const { places, failures } = selection;
  const byHost = new Map(places.map((place) => [place.host, place]));
  const look = (engine: Engine, host: string) => imageOf(engine, byHost.get(host) as Place, deps, signal);
  const settled = settle(await deps.hosts.each([...byHost.keys()], look, { signal, deadlineMs: LOOK_MS }), deps.redact);
  const [first, ...others] = settled.values;
  if (!first) return unanswered(typed, [...failures, ...settled.failures]);
  const different = others.filter(({ value }) => value.target.digest !== first.value.target.digest);
  if (different.length > 0) throw severalImages(request, typed, [first, ...different]);
  return { ...first.value, failures: [...failures, ...settled.failures] };
}

async function imageOf(engine: Engine, place: Place, deps: TargetDeps, signal: AbortSignal): Promise<Found> {
  const { host, container } = place;
  const image = await engine.inspectImage(container.imageId, { signal });
  const { tags, os, arch } = image;
  const digests =
    image.digests.length > 0 ? image.digests : digestsOf(await engine.inspectRaw(container.id, { signal }), image);
  const named = [...tags, container.image].find((tag) => /[^@]:[\w.-]+$/u.test(tag) && !tag.startsWith('sha256:'));
  const repository = named === undefined ? undefined : repositoryOf(named);
  const digest = digests.find((one) => repositoryOf(one) === repository) ?? digests[0];
  const name = container.names[0] ?? container.id.slice(0, 12);
  if (digest === undefined)
    throw new UserError(
      'not_found',
      `${code(name)} on ${host} runs an image that no registry has, so there is no digest to scan.`,
      'Push it to a registry and deploy it from there.',
    );
  const reference = parseReference(digest);
  checkImage(reference, deps.config);
  return {
    target: targetOf(reference, reference.digest ?? '', `${os}/${arch}`),
    image: named === undefined ? familiar(reference) : familiar(parseReference(named)),
    of: { host, container: name },
    warnings: [],
    failures: [],
  };
}

function repositoryOf(name: string): string | undefined {
  try {
    return canonical({ ...parseReference(name), tag: undefined, digest: undefined });
  } catch {
    return undefined;
  }
}

/** The image that a host has under this name; one that it does not have is looked up in the registry. */
async function imageOnHost(
  request: Request<ScanArgs>,
  reference: ImageReference,
  deps: TargetDeps,
  signal: AbortSignal,
): Promise<Omit<Found, 'warnings'>> {
  const name = familiar(reference);
  const repository = canonical({ ...reference, tag: undefined, digest: undefined });
  const look = async (engine: Engine) => {
    const image = (await engine.listImages({}, { signal })).find(
      ({ tags, digests }) =>
        tags.includes(name) || digests.some((digest) => canonicalOf(digest) === canonical(reference)),
    );
    const digest = image?.digests.find((one) => repositoryOf(one) === repository);
    if (!image || digest === undefined) return undefined;
    const { os, arch } = await engine.inspectImage(image.id, { signal });
    return targetOf(reference, parseReference(digest).digest ?? '', `${os}/${arch}`);
  };
  const outcomes = await deps.hosts.each(request.hosts, look, { signal, deadlineMs: LOOK_MS });
  const { values, failures } = settle(outcomes, deps.redact);
  const there = values.find(({ value }) => value !== undefined);
  if (there?.value) return { target: there.value, image: name, of: { host: there.host }, failures };
  return { ...(await imageInRegistry(reference, deps, signal)), failures };
}

const canonicalOf = (name: string) => {
  try {
    return canonical(parseReference(name));
  } catch {
    return undefined;
  }
};

/** Asks the registry, which also keeps a scanner from being sent to an address that is none of a registry's. */
async function imageInRegistry(
  reference: ImageReference,
  deps: TargetDeps,
  signal: AbortSignal,
): Promise<Omit<Found, 'warnings'>> {
  try {
    const asked = deps.registries.repository(reference);
    const digest = await readDigest(asked, reference.digest ?? reference.tag ?? 'latest', signal);
    return { target: targetOf(reference, digest), image: familiar(reference), of: undefined, failures: [] };
  } catch (error) {
    throw error instanceof RegistryError ? registryUserError(error, reference, deps.redact) : error;
  }
}

function targetOf(reference: ImageReference, digest: string, platform?: string): ScanTarget {
  const repository = canonical({ ...reference, tag: undefined, digest: undefined });
  return { repository, digest, ...(platform === undefined || platform === '/' ? {} : { platform }) };
}

function unanswered(typed: string, failures: readonly HostFailure[]): never {
  const [failure] = failures;
  throw new UserError(
    'unreachable',
    `What ${code(typed)} runs is not known: ${failure?.host}: ${failure?.summary}`,
    failure?.tryThis,
  );
}

function severalImages(
  request: Request<ScanArgs>,
  typed: string,
  found: readonly { readonly host: string; readonly value: Found }[],
): UserError {
  const on = found.map(({ host, value }) => `${value.image} on ${host}`).slice(0, 6);
  const choices = found.slice(0, 9).map(({ host }) => ({ label: host, line: onHosts(request.line, [host]) }));
  return new UserError('ambiguous', `${code(typed)} runs different images: ${on.join(', ')}.`, 'Which one?', {
    choices,
  });
}
