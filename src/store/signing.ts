import { insertAll } from './audit.ts';
import { type AuditHead, signHead } from './audit-head.ts';
import type { AuditEntry } from './audit-records.ts';
import { SIGNED_TABLES, type SignedName, signBefore } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Sql } from './sql.ts';

/**
 * Takes over a database from before records were signed, once, in the transaction that adds the columns. Open questions go
 * stale: nobody can say who put them. A new database has nothing to take over.
 */
export function beginSigning(sql: Sql, signer: Signer): void {
  const now = Date.now();
  sql.all("update approvals set state = 'superseded', decided_at = $1, sealed = null where state = 'pending'", [now]);
  let rows = 0;
  for (const table of Object.keys(SIGNED_TABLES) as SignedName[])
    for (const row of sql.all<object>(`select * from ${table}`)) {
      signBefore(sql, signer, table, row);
      rows += 1;
    }
  const head = sql.all<AuditHead>('select seq, hash from audit_head where one = 1')[0];
  if (!head) return;
  signHead(sql, signer, { ...head, signedFrom: head.seq + 1 });
  if (head.seq > 0 || rows > 0) insertAll(sql, signer, [{ entry: takenOver(now, head.seq, rows) }]);
}

function takenOver(at: number, records: number, rows: number): AuditEntry {
  return {
    at,
    kind: 'event',
    request: '',
    person: '',
    channel: '',
    team: '',
    source: 'cli',
    command: 'start',
    line: 'start',
    hosts: [],
    outcome: 'ok',
    detail: `records are signed from here on; from before, unsigned: ${records} audit records, ${rows} others`,
  };
}
