import type { AuditEntry } from './audit-records.ts';
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
