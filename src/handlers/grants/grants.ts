import type { ListArgs } from '../../commands/language/fields.ts';
import type { ExecGrant } from '../../store/exec-grants.ts';
import { handler } from '../handler.ts';

export interface GrantsResult {
  readonly kind: 'grants';
  readonly grants: readonly (ExecGrant & { readonly runs: number })[];
}

export const grants = handler<ListArgs, GrantsResult>()(['now', 'store'], async (request, { store, now }) => {
  const active = await store.execGrants.active({ now: now() });
  const here = active.filter(({ channel, host }) => channel === request.channel && request.hosts.includes(host));
  const counted = here.map(async (grant) => ({ ...grant, runs: (await store.execs.ofGrant(grant.id)).length }));
  return { kind: 'grants', grants: await Promise.all(counted) };
});
