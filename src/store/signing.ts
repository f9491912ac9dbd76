import { insertAll } from './audit.ts';
import { type AuditHead, signHead } from './audit-head.ts';
import { type AuditEntry, recordOfProgram } from './audit-records.ts';
import type { Migration } from './migrations/migration.ts';
import { isOfBeginning, SIGNED_NAMES, type SignedName, signBefore } from './signed.ts';
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
  for (const table of SIGNED_NAMES.filter(isOfBeginning)) rows += await signAllBefore(tx, signer, table);
  const [head] = await tx.query<AuditHead>('select seq, hash from audit_head where one = 1');
  if (!head) return;
  await signHead(tx, signer, { ...head, signedFrom: head.seq + 1 });
  if (head.seq > 0 || rows > 0) await insertAll(tx, signer, [takenOver(now, head.seq, rows)]);
}

/** Takes one step of the schema. Part of the transaction that records it. */
export async function takeStep(tx: Queryable, signer: Signer, { statements, signs }: Migration): Promise<void> {
  for (const text of statements) await tx.query(text);
  if (signs !== undefined) await signAllBefore(tx, signer, signs);
}

/** Resolves to the number of rows. */
async function signAllBefore(tx: Queryable, signer: Signer, table: SignedName): Promise<number> {
  const rows = await tx.query<object>(`select * from ${table}`);
  for (const row of rows) await signBefore({ tx, signer, table }, row);
  return rows.length;
}

const takenOver = (at: number, records: number, rows: number): AuditEntry =>
  recordOfProgram({
    at,
    command: 'start',
    detail: `records are signed from here on; from before, unsigned: ${records} audit records, ${rows} others`,
  });
