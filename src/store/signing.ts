import { insertAll } from './audit.ts';
import { type AuditHead, signHead } from './audit-head.ts';
import { type AuditEntry, recordOfProgram } from './audit-records.ts';
import { mayBeOlder, SIGNED_NAMES, signBefore } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable } from './sql.ts';

/**
 * Takes over a database from before records were signed, once, in the transaction that adds the columns. Open questions go
 * stale: nobody can say who put them. A new database has nothing to take over.
 */
export async function beginSigning(tx: Queryable, signer: Signer): Promise<void> {
  const now = Date.now();
  await tx.query("update approvals set state = 'superseded', decided_at = $1, sealed = null where state = 'pending'", [
    now,
  ]);
  let rows = 0;
  for (const table of SIGNED_NAMES.filter(mayBeOlder))
    for (const row of await tx.query<object>(`select * from ${table}`)) {
      await signBefore({ tx, signer, table }, row);
      rows += 1;
    }
  const [head] = await tx.query<AuditHead>('select seq, hash from audit_head where one = 1');
  if (!head) return;
  await signHead(tx, signer, { ...head, signedFrom: head.seq + 1 });
  if (head.seq > 0 || rows > 0) await insertAll(tx, signer, [takenOver(now, head.seq, rows)]);
}

const takenOver = (at: number, records: number, rows: number): AuditEntry =>
  recordOfProgram({
    at,
    command: 'start',
    detail: `records are signed from here on; from before, unsigned: ${records} audit records, ${rows} others`,
  });
