import { insertAll } from './audit.ts';
import type { AuditEntry } from './audit-records.ts';
import { addChanges } from './changes.ts';
import { finishApproval } from './decide.ts';
import type { Lease } from './lease.ts';
import type { NewNote } from './outbox.ts';
import type { Signer } from './signer.ts';
import type { Queryable } from './sql.ts';
import { recordServed, recordVersion, type Version } from './versions.ts';
import type { Change } from './waves.ts';

/** How a deployment ended. */
export interface End {
  readonly verdict: string;
  readonly detail?: unknown;
  readonly at: number;
  /** Versions that passed their gate, to roll back to later. */
  readonly verified?: readonly Version[];
  /** Versions that served and were healthy when the deployment began. */
  readonly served?: readonly Version[];
  readonly record?: AuditEntry;
  /** Receivers that are told of it. */
  readonly tell?: readonly string[];
  /** It had ended before: for receivers, this is another event. */
  readonly isAgain?: boolean;
  /** What is said of it in Slack. */
  readonly note?: NewNote;
}

/** Part of a transaction: see `deployments.finish`. */
export async function finishDeployment(
  tx: Queryable,
  { signer, change }: { signer: Signer; change: Change },
  lease: Lease,
  { verdict, detail, at, verified = [], served = [], tell = [], isAgain = false, record }: End,
): Promise<void> {
  for (const version of served) await recordServed(tx, signer, version);
  for (const version of verified) await recordVersion(tx, signer, version);
  if (record) await insertAll(tx, signer, [record]);
  const again = isAgain ? lease.attempt : undefined;
  await addChanges(tx, { deployment: lease.deployment, type: 'deployment.ended', again }, tell);
  const ended = await change(tx, {
    id: lease.deployment,
    set: "state = 'ended', verdict = $2, detail = $3, finished_at = $4 where id = $1",
    params: [verdict, JSON.stringify(detail ?? null), at],
  });
  await tx.query('delete from held where deployment = $1', [lease.deployment]);
  const { approval = '' } = ended ?? {};
  await finishApproval(tx, signer, { id: approval, verdict, at });
  await tx.query('update approvals set sealed = null where id = $1', [approval]);
}
