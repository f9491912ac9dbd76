import { insertAll, isSignedRecord } from './audit.ts';
import { type AuditEntry, recordOfProgram } from './audit-records.ts';
import { parsed } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable } from './sql.ts';

/** What became true of a person's second factor. */
type Change = 'enrolled' | 'removed';

interface Row {
  readonly seq: number;
  readonly person: string;
  readonly entry: string;
  readonly prev: string;
  readonly hash: string;
  readonly mac: string | null;
}

const RECORDS = "select seq, person, entry, prev, hash, mac from audit where kind = 'event' and command = 'totp'";

/** Records an enrolment in the transaction that completes it: without the record, a deleted row would let anybody enrol again. */
export async function recordEnrolment(tx: Queryable, signer: Signer, person: string, at: number): Promise<void> {
  if (await isOnRecord(tx, signer, person)) return;
  const detail = 'a second factor was set up';
  const record: AuditEntry = { ...recordOfProgram({ at, command: 'totp', detail }), person, reason: 'enrolled' };
  await insertAll(tx, signer, [record]);
}

/** Records a removal, in the transaction that makes it. */
export async function recordRemoval(tx: Queryable, signer: Signer, record: AuditEntry): Promise<void> {
  await insertAll(tx, signer, [{ ...record, kind: 'event', command: 'totp', reason: 'removed' }]);
}

/** Whether the audit log says that the person has a second factor. A removal counts only if it was signed. */
export async function isOnRecord(sql: Pick<Queryable, 'query'>, signer: Signer, person: string): Promise<boolean> {
  const rows = await sql.query<Row>(`${RECORDS} and person = $1 order by seq desc`, [person]);
  for (const row of rows) {
    const change = changeIn(row, signer);
    if (change !== undefined) return change === 'enrolled';
  }
  return false;
}

/** People whose enrolment is in the audit log and whose row is gone or inactive, in words: `most` at most. */
export async function lostEnrolments(view: Queryable, signer: Signer, most: number): Promise<string[]> {
  const onRecord = new Set<string>();
  for await (const row of view.each<Row>(`${RECORDS} order by seq`)) {
    const change = changeIn(row, signer);
    if (change === 'enrolled') onRecord.add(row.person);
    else if (change === 'removed') onRecord.delete(row.person);
  }
  for (const { person } of await view.query<{ person: string }>('select person from totp where active = 1'))
    onRecord.delete(person);
  return [...onRecord]
    .slice(0, most)
    .map((person) => `totp ${person}: the audit log has the enrolment, and its row is gone or was made inactive`);
}

function changeIn(row: Row, signer: Signer): Change | undefined {
  const { reason } = (parsed(row.entry) as Partial<AuditEntry> | null | undefined) ?? {};
  if (reason === 'enrolled') return reason;
  return reason === 'removed' && isSignedRecord(signer, row) ? reason : undefined;
}
