import type { AuditEntry } from './audit-records.ts';
import { closingIn } from './closings.ts';
import { parsed } from './signed.ts';
import type { Queryable } from './sql.ts';

/**
 * Deployments whose end is in the audit log and whose row is gone, or says that they have not ended: an old row was put back,
 * with a MAC that was right in its time. One that Fairlead itself opened again has not ended. In words, `most` at most.
 */
export async function reopenedDeployments(view: Queryable, most: number): Promise<string[]> {
  const rows = await view.query<{ id: string; state: string }>('select id, state from deployments');
  const stateOf = new Map(rows.map(({ id, state }) => [id, state]));
  const suspect = new Map<string, string>();
  const ends =
    "select entry from audit where kind in ('event', 'reopening') and command in ('deploy', 'rollback') order by seq";
  for await (const { entry } of view.each<{ entry: string }>(ends)) {
    const { request, kind } = (parsed(entry) as Partial<AuditEntry> | null | undefined) ?? {};
    if (request === undefined) continue;
    const state = stateOf.get(request);
    if (state === undefined) suspect.set(request, 'its row is gone');
    else if (kind === 'reopening') suspect.delete(request);
    else if (state !== 'ended') suspect.set(request, `its row says that it is ${state}`);
  }
  return [...suspect]
    .slice(0, most)
    .map(([request, row]) => `deployments ${request}: the audit log has its end, and ${row}`);
}

/** The same for requests for approval that were answered, and grants to run commands that were ended. */
export async function reopenedRequests(view: Queryable, most: number): Promise<string[]> {
  const approvals = await view.query<{ id: string; state: string }>('select id, state from approvals');
  const grants = await view.query<{ id: string; ended_at: number | null }>('select id, ended_at from exec_grants');
  const answered = new Map(approvals.map(({ id, state }) => [id, state]));
  const ended = new Map(grants.map(({ id, ended_at: endedAt }) => [id, endedAt === null ? 'in force' : 'ended']));
  const found: string[] = [];
  for await (const { entry } of view.each<{ entry: string }>(
    "select entry from audit where kind = 'closing' order by seq",
  )) {
    const { request = '', reason = '' } = closingIn(entry);
    const isGrant = reason === 'ended';
    const state = (isGrant ? ended : answered).get(request);
    if (state === reason || found.length >= most) continue;
    const row = state === undefined ? 'its row is gone' : `its row says that it is ${state}`;
    found.push(
      `${isGrant ? 'exec_grants' : 'approvals'} ${request}: the audit log says that it was ${reason}, and ${row}`,
    );
  }
  return found;
}
