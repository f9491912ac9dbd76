import type { AuditEntry } from './audit-records.ts';
import { closingIn } from './closings.ts';
import { parsed } from './signed.ts';
import type { Queryable } from './sql.ts';

/**
 * Deployments whose end is in the audit log and whose row is gone, or says that they have not ended: an old row was put back,
 * with a MAC that was right in its time. In words, `most` at most.
 */
export async function reopenedDeployments(view: Queryable, most: number): Promise<string[]> {
  const rows = await view.query<{ id: string; state: string }>('select id, state from deployments');
  const stateOf = new Map(rows.map(({ id, state }) => [id, state]));
  const found: string[] = [];
  const ends = "select entry from audit where kind = 'event' and command in ('deploy', 'rollback') order by seq";
  for await (const { entry } of view.each<{ entry: string }>(ends)) {
    const { request } = (parsed(entry) as Partial<AuditEntry> | null | undefined) ?? {};
    const state = stateOf.get(request ?? '');
    if (request === undefined || state === 'ended' || found.length >= most) continue;
    found.push(
      state === undefined
        ? `deployments ${request}: the audit log has its end, and its row is gone`
        : `deployments ${request}: the audit log has its end, and its row says that it is ${state}`,
    );
  }
  return found;
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
