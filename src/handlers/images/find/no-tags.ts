import { code, UserError } from '../../../domain/errors.ts';
import { familiar, type ImageReference } from '../../../domain/reference.ts';
import { RegistryError, type RegistryFault } from '../../../registry/errors.ts';
import { registryUserError } from '../../../registry/explain.ts';
import type { Deps } from '../../deps.ts';
import type { Request } from '../../request.ts';
import { nearRepository } from '../near-repository.ts';

/** How registries answer for a repository that is not there; most hide whether it is. */
const MAYBE_MISSING: readonly RegistryFault[] = ['not_found', 'denied', 'unauthorized'];

/** Why the tags of a repository were not listed, with the repository that was meant where one is known. */
export async function whyNoTags(
  error: unknown,
  { repository, request }: { readonly repository: ImageReference; readonly request: Request },
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof RegistryError)) return error;
  const said = registryUserError(error, deps.redact);
  if (!MAYBE_MISSING.includes(error.fault)) return said;
  const near = await nearRepository(repository, request.hosts, deps, signal);
  if (near === undefined) return said;
  const what = `${error.registry} gives no tags of ${code(familiar(repository))}. Did you mean ${code(near)}?`;
  const choices = [{ label: `Tags of ${near}`, line: `tags ${near}` }];
  return new UserError('not_found', what, said.phrase, { cause: error, choices });
}
