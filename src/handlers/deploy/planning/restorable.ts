import { EngineError } from '../../../docker/client/engine-error.ts';
import type { HostPlan } from '../../../docker/rollout/types.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { commandLine, phrase } from '../../../domain/phrase.ts';
import { type ImageReference, parseReference } from '../../../domain/reference.ts';
import type { Deps } from '../../deps.ts';
import { registryAuth } from './target.ts';

const REGISTRY_MS = 5000;
const ABSENT: readonly string[] = ['tag_not_found', 'repository_not_found'];

type Image = { readonly repository: string; readonly digest: string; readonly tag?: string | undefined };

/** Whether a registry still has an image, asked by a host's engine; undefined without an answer within 5 s. */
export async function inRegistry(
  { repository, digest }: Image,
  host: string,
  deps: Pick<Deps, 'config' | 'hosts' | 'tags'>,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(REGISTRY_MS)]);
  const reference: ImageReference = { ...parseReference(repository), digest };
  try {
    const engine = deps.hosts.engine(host);
    const found = await engine.resolveDigest(`${repository}@${digest}`, registryAuth(repository, deps.config), {
      signal: limit,
    });
    // Podman has no such call.
    if (found !== null) return true;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (ABSENT.includes(error.fault)) return false;
  }
  return (await deps.tags.digest(reference, limit)) === undefined ? undefined : true;
}

/**
 * Checks that the images of a rollback can be had. Throws a `UserError` when an image is neither on a host nor in its
 * registry; returns warnings by host where the registry could not be asked.
 */
export async function mustBeRestorable(
  { image, service }: { readonly image: Image; readonly service: string },
  plans: readonly HostPlan[],
  deps: Pick<Deps, 'config' | 'hosts' | 'tags'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const absent = plans.filter(({ imagePresent, strategy }) => !imagePresent && strategy !== 'swarm');
  const [first] = absent;
  if (!first) return new Map();
  const version = code(image.tag ?? image.digest.slice(7, 19));
  const hosts = absent.map(({ host }) => host);
  const found = await inRegistry(image, first.host, deps, signal);
  if (found === false)
    throw new UserError(
      'not_found',
      `${service} can't be rolled back to ${version} on ${hosts.join(', ')}: its image is neither there nor in the registry.`,
      phrase`${commandLine(`rollback ${service}`)} lists the versions there are.`,
    );
  if (found) return new Map();
  const warning = `The image of ${version} is not on this host, and the registry did not say whether it still has it.`;
  return new Map(hosts.map((host) => [host, [warning]]));
}
