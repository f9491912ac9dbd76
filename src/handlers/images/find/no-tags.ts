import type { TagsArgs } from '../../../commands/images/tags.ts';
import { code, UserError } from '../../../domain/errors.ts';
import { joinPhrases } from '../../../domain/phrase.ts';
import { familiar, type ImageReference } from '../../../domain/reference.ts';
import { servicesSeen } from '../../../policy/authorize.ts';
import { nearService } from '../../../policy/services.ts';
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
  { repository, request }: { readonly repository: ImageReference; readonly request: Request<TagsArgs> },
  deps: Pick<Deps, 'config' | 'hosts' | 'redact'>,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof RegistryError)) return error;
  const said = registryUserError(error, repository, deps.redact);
  const service = nearService(request.args.repository, deps.config, servicesSeen(request, deps.config));
  if (service !== undefined) {
    const choices = [{ label: `Tags of ${service}`, line: `tags ${service}` }];
    return new UserError(
      said.reason,
      joinPhrases([said.phrase, `Did you mean the service ${code(service)}?`], ' '),
      said.hint,
      {
        cause: error,
        choices,
      },
    );
  }
  if (!MAYBE_MISSING.includes(error.fault)) return said;
  const near = await nearRepository(repository, request, deps, signal);
  if (near === undefined) return said;
  const what = `${error.registry} gives no tags of ${code(familiar(repository))}. Did you mean ${code(near)}?`;
  const choices = [{ label: `Tags of ${near}`, line: `tags ${near}` }];
  return new UserError('not_found', what, said.phrase, { cause: error, choices });
}
