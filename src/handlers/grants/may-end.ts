import { grant as spec } from '../../commands/grants/grant.ts';
import { authorize } from '../../policy/authorize.ts';
import type { ExecGrant } from '../../store/exec-grants.ts';
import type { Deps } from '../deps.ts';
import type { Request } from '../request.ts';

/**
 * Whether a person may see and end a grant of this channel: as its grantee, or as one who may ask for the same here. Less
 * permission needs no second person.
 */
export async function mayEnd(
  { person, channel, membership }: Pick<Request, 'person' | 'channel' | 'membership'>,
  { id, person: grantee, channel: where, host, container }: ExecGrant,
  { config, store }: Pick<Deps, 'config' | 'store'>,
): Promise<boolean> {
  if (where !== channel) return false;
  if (grantee === person) return true;
  const service = (await store.approvals.get(id))?.service ?? container;
  const on = { text: host, terms: [{ kind: 'host' as const, name: host }] };
  return authorize({ spec, on, service, channel, person, membership }, config).kind !== 'deny';
}
