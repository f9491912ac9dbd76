import { insertAll } from './audit.ts';
import type { AuditEntry } from './audit-records.ts';
import { reopenApproval } from './decide.ts';
import type { DeploymentRow } from './deployment.ts';
import { lockAgainst } from './locks.ts';
import { integrityOf } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable } from './sql.ts';
import type { Change } from './waves.ts';

/** A deployment that has ended, and the hosts on which it is to be carried on. */
export interface Reopening {
  readonly deployment: string;
  readonly hosts: readonly string[];
  readonly at: number;
  /** What the audit log says of it, of the kind `reopening`: without it, the deployment would count as put back by somebody. */
  record(hosts: readonly string[]): AuditEntry;
}

/**
 * Opens an ended deployment again and claims its hosts, without those on which another has begun since, or that somebody
 * else has locked. Part of a transaction. Resolves to the hosts; to none when nothing was changed.
 */
export async function reopenDeployment(
  tx: Queryable,
  { signer, change }: { readonly signer: Signer; readonly change: Change },
  { deployment, hosts, at, record }: Reopening,
): Promise<readonly string[]> {
  const [row] = await tx.query<DeploymentRow & { readonly seq: number }>('select * from deployments where id = $1', [
    deployment,
  ]);
  if (row?.state !== 'ended' || integrityOf(signer, 'deployments', row) !== 'signed') return [];
  const free: string[] = [];
  for (const host of hosts) if (await isFree(tx, row, host, at)) free.push(host);
  if (free.length === 0) return [];
  for (const host of free)
    await tx.query('insert into held (service, host, deployment) values ($1, $2, $3)', [row.service, host, deployment]);
  await change(tx, {
    id: deployment,
    set: "state = 'running', heartbeat_at = 0, verdict = null, detail = null, finished_at = null where id = $1",
    params: [],
  });
  await reopenApproval(tx, signer, row.approval);
  await insertAll(tx, signer, [record(free)]);
  return free;
}

async function isFree(
  tx: Queryable,
  { service, requested_by: person, seq }: DeploymentRow & { readonly seq: number },
  host: string,
  at: number,
): Promise<boolean> {
  const others = await tx.query(
    `select host from held where service = $1 and host = $2
     union all
     select host from phases where host = $2 and deployment in (select id from deployments where service = $1 and seq > $3)
     limit 1`,
    [service, host, seq],
  );
  return others.length === 0 && (await lockAgainst(tx, { service, host, person, at })) === undefined;
}
