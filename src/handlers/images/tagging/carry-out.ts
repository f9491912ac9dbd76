import { parseReference } from '../../../domain/reference.ts';
import type { Deps } from '../../deps.ts';
import { timed } from '../../over-hosts.ts';
import type { Request } from '../../request.ts';
import { tagInRegistry } from './in-registry.ts';
import { movingTag } from './moving.ts';
import { tagOnHosts } from './on-hosts.ts';
import type { Tagged, TagPlan } from './types.ts';

export interface Carrying {
  readonly plan: TagPlan;
  readonly requestedBy: string;
  /** Whose yes it took; the requester's own where nobody was asked. */
  readonly request: Pick<Request, 'person' | 'since'>;
  readonly signal: AbortSignal;
}

/** Sets a tag as planned, and nothing else. What could not be done is in `failures`. */
export async function carryOut(
  { plan, requestedBy, request, signal }: Carrying,
  deps: Pick<Deps, 'config' | 'hosts' | 'now' | 'redact' | 'registries'>,
): Promise<Tagged> {
  const { source, target } = plan;
  const done =
    plan.kind === 'hosts'
      ? { ...(await tagOnHosts(plan, deps, signal)), promotion: undefined }
      : await tagInRegistry(plan, deps, signal);
  const { places, failures, promotion } = done;
  const came = places.map(
    ({ host, state, digest, before }) => `${host}: ${state} ${digest}, was ${before ?? 'nothing'}`,
  );
  return {
    kind: 'tagged',
    where: plan.kind,
    source,
    target,
    hosts: places,
    promotion,
    warnings: movingTag(parseReference(target)),
    requestedBy,
    answeredBy: request.person,
    ...timed(request, deps.now(), failures),
    audit: `${source} -> ${target}; ${came.join('; ')}`,
  };
}
