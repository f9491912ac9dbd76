import type { SlimArgs } from '../../../commands/images/slim.ts';
import { UserError } from '../../../domain/errors.ts';
import { type ImageReference, parseReference } from '../../../domain/reference.ts';
import { servicesSeen } from '../../../policy/authorize.ts';
import { checkImage } from '../../../policy/images.ts';
import { findTarget } from '../../containers/inspect/find-target.ts';
import type { Deps } from '../../deps.ts';
import type { HostFailure, Request } from '../../request.ts';

/** Where an image is read. */
export type ImagePlace =
  | { readonly at: 'host'; readonly host: string; readonly id: string; readonly name: string }
  | { readonly at: 'registry'; readonly reference: ImageReference };

export interface FoundImage {
  readonly place: ImagePlace;
  readonly failures: readonly HostFailure[];
  readonly warnings: readonly string[];
}

type FindDeps = Pick<Deps, 'config' | 'hosts' | 'redact'>;

/**
 * Finds an image on a host; one that is on none is read from its registry, where the config allows it. Throws a `UserError`
 * for what is in neither place, may be several images, or is not allowed.
 */
export async function findImage(request: Request<SlimArgs>, deps: FindDeps, signal: AbortSignal): Promise<FoundImage> {
  const { image, from } = request.args;
  if (from === 'registry') return inRegistry(image, request, deps);
  try {
    const asked = { ...request, args: { name: image, type: 'image' as const, format: undefined, json: false } };
    const { target, failures } = await findTarget(asked, deps, signal);
    if (target) return { place: { at: 'host', ...target }, failures, warnings: [] };
    const [first] = failures;
    throw new UserError('unreachable', `${first?.host}: ${first?.summary}`, first?.tryThis);
  } catch (error) {
    if (!(error instanceof UserError) || error.reason !== 'not_found' || from === 'host') throw error;
    // A name without a tag or a registry may be a misspelt one of the hosts: then that is what is said.
    if (!/[:@]/u.test(image.slice(image.lastIndexOf('/') + 1))) throw error;
    return inRegistry(image, request, deps);
  }
}

function inRegistry(image: string, request: Request, { config }: Pick<Deps, 'config'>): FoundImage {
  const { reference, warnings } = checkImage(parseReference(image), config, servicesSeen(request, config));
  return { place: { at: 'registry', reference }, failures: [], warnings };
}
