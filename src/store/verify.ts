import { lostEnrolments } from './enrolments.ts';
import { integrityOf, SIGNED_NAMES, SIGNED_TABLES, type SignedName, type SignedRow } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable, ReadableSql, Value } from './sql.ts';
import { type AuditVerification, type SavedHead, verifyAudit } from './verify-audit.ts';
import { lostOutputs } from './verify-outputs.ts';
import { reopenedDeployments, reopenedRequests } from './verify-reopened.ts';

/** What one table holds. */
export interface TableVerification {
  readonly table: SignedName;
  readonly signed: number;
  /** Rows from before signing began. */
  readonly before: number;
  /** Keys of rows that something without the key has written or changed: the first hundred. */
  readonly forged: readonly string[];
  readonly forgedCount: number;
}

export interface Verification {
  readonly ok: boolean;
  readonly audit: AuditVerification;
  readonly tables: readonly TableVerification[];
  /** Rows that are gone although others refer to them, in words: the first hundred. */
  readonly missing: readonly string[];
}

const MOST_NAMED = 100;

/** Checks the audit log and every signed row, in one snapshot. Writes nothing. */
export function verify(sql: ReadableSql, signer: Signer, saved?: SavedHead): Promise<Verification> {
  return sql.snapshot((view) => verifyView(view, signer, saved));
}

/** The same, in a snapshot or a transaction. */
export async function verifyView(view: Queryable, signer: Signer, saved?: SavedHead): Promise<Verification> {
  const audit = await verifyAudit(view, signer, saved);
  const tables: TableVerification[] = [];
  for (const table of SIGNED_NAMES) tables.push(await verifyTable(view, signer, table));
  const missing = [
    ...(await lostRecords(view, audit)),
    ...(await missingRows(view)),
    ...(await reopenedDeployments(view, MOST_NAMED)),
    ...(await reopenedRequests(view, MOST_NAMED)),
    ...(await lostOutputs(view, MOST_NAMED)),
    ...(await lostEnrolments(view, signer, MOST_NAMED)),
  ];
  const ok = audit.ok && missing.length === 0 && tables.every(({ forgedCount }) => forgedCount === 0);
  return { ok, audit, tables, missing };
}

async function verifyTable(view: Queryable, signer: Signer, table: SignedName): Promise<TableVerification> {
  const counts = { signed: 0, before: 0, forged: 0 };
  const forged: string[] = [];
  const { key } = SIGNED_TABLES[table];
  for await (const row of view.each<SignedRow & Readonly<Record<string, Value>>>(`select * from ${table}`)) {
    const integrity = integrityOf(signer, table, row);
    counts[integrity] += 1;
    if (integrity === 'forged' && forged.length < MOST_NAMED) forged.push(key.map((column) => row[column]).join(' '));
  }
  return { table, signed: counts.signed, before: counts.before, forged, forgedCount: counts.forged };
}

/** Every request is recorded before it is stored: a database that has rows and no audit records has lost its log. */
async function lostRecords(view: Queryable, { records }: AuditVerification): Promise<string[]> {
  const [head] = await view.query<{ seq: number }>('select shipped_seq as seq from audit_head where one = 1');
  const shipped = head?.seq ?? 0;
  if (records < shipped)
    return [`audit: its head was made known at record ${shipped}, and it has ${records}: its end was cut off or lost`];
  if (records > 0) return [];
  const left: string[] = [];
  for (const table of REMEMBERED) {
    const { length } = await view.query(`select 1 as one from ${table} limit 1000`);
    if (length > 0) left.push(`${length} ${table}`);
  }
  return left.length === 0 ? [] : [`audit: it is empty, and the database has ${left.join(', ')}: the log was lost`];
}

/** Tables whose rows only a recorded request makes. */
const REMEMBERED = [
  'approvals',
  'deployments',
  'verified',
  'reviews',
  'locks',
  'lock_queue',
  'totp',
  'cards',
  'execs',
] as const;

/** Rows that somebody deleted, since Fairlead itself never does. */
async function missingRows(view: Queryable): Promise<string[]> {
  const orphans = await view.query<{ id: string; approval: string }>(
    `select id, approval from deployments where approval not in (select id from approvals) limit ${MOST_NAMED}`,
  );
  const unreviewed = await view.query<{ id: string }>(
    `select id from deployments where break_glass is not null and id not in (select deployment from reviews) limit ${MOST_NAMED}`,
  );
  const undeployed = await view.query<{ id: string }>(
    `select id from approvals where command in ('deploy', 'rollback') and state = 'approved'
     and id not in (select approval from deployments) limit ${MOST_NAMED}`,
  );
  const unvoted = await view.query<{ id: string; by: string }>(
    `select id, decided_by as by from approvals where command in ('deploy', 'rollback') and state = 'approved'
     and id not in (select approval from deployments where break_glass is not null)
     and not exists (select 1 from votes where approval = approvals.id and person = approvals.decided_by)
     limit ${MOST_NAMED}`,
  );
  return [
    ...unvoted.map(({ id, by }) => `approvals ${id}: the approval given by ${by} is gone`),
    ...orphans.map(({ id, approval }) => `deployments ${id}: its approval ${approval} is gone`),
    ...unreviewed.map(({ id }) => `deployments ${id}: the review of its break-glass is gone`),
    ...undeployed.map(({ id }) => `approvals ${id}: the deployment it started is gone`),
  ];
}
