import { UserError } from '../domain/errors.ts';
import { insertAll } from './audit.ts';
import { type AuditEntry, recordOfProgram } from './audit-records.ts';
import { openDatabase, shownDatabase, versionAt } from './database.ts';
import { DatabaseFault, explainFaults } from './fault.ts';
import type { OpenDatabase } from './opened.ts';
import { createSigner, type RecordKeys, type Signer } from './signer.ts';
import type { Queryable, ReadableSql } from './sql.ts';
import { withBackup } from './sqlite/open-backup.ts';
import { NEWEST, tablesOf } from './sqlite/schema.ts';
import { copyRows } from './transfer/rows.ts';
import { type Closed, closeUnfinished, type UnknownEnds } from './unfinished.ts';
import { type Verification, verify, verifyView } from './verify.ts';

/** A backup that was restored, or was not since its records are not in order. */
export type Restored =
  | { readonly isDone: false; readonly backup: Verification }
  | {
      readonly isDone: true;
      /** As it is shown to people. */
      readonly database: string;
      /** What was found in the backup, and afterwards in the database. */
      readonly backup: Verification;
      readonly restored: Verification;
      readonly closed: Closed;
    };

export interface RestoreOptions {
  readonly keys: RecordKeys;
  readonly ends: UnknownEnds;
}

/** Rows about processes and people of the moment, which mean nothing later. */
const OF_THE_MOMENT: readonly string[] = ['replicas', 'ongoing', 'budgets'];

/**
 * Restores a backup into an empty database of either kind: in one transaction, so that it stays empty unless all is there.
 * The backup is verified before, and the database before the commit. Nothing unfinished is carried on: `closeUnfinished`.
 * Rejects with a `UserError` when nothing was restored.
 */
export async function restore(url: string, file: string, { keys, ends }: RestoreOptions): Promise<Restored> {
  const signer = createSigner(keys);
  return explainFaults('Nothing was restored', async () => {
    await mustBeNew(url);
    return withBackup(file, { keys, signer }, async ({ sql }): Promise<Restored> => {
      const backup = await verify(sql, signer);
      if (!backup.ok) return { isDone: false, backup };
      const target = await openDatabase(url, keys, signer);
      const database = shownDatabase(url);
      try {
        const filled = await target.sql.tx((tx) => fill(sql, tx, { backup, signer, ends, database }));
        return { isDone: true, database, backup, ...filled };
      } finally {
        await close(target);
      }
    });
  });
}

/** Nothing is brought up to date that somebody uses. */
async function mustBeNew(url: string): Promise<void> {
  const version = await versionAt(url);
  if (version === 0 || version === NEWEST) return;
  throw new DatabaseFault(shownDatabase(url), {
    why: `it is of version ${version} already, so it is not a new one`,
    hint: NEW_ONE,
  });
}

const NEW_ONE = 'DATABASE_URL names the database: let it name a new, empty one.';

interface Filling {
  readonly backup: Verification;
  readonly signer: Signer;
  readonly ends: UnknownEnds;
  readonly database: string;
}

/** May run more than once: see `Sql.tx`. */
function fill(from: ReadableSql, tx: Queryable, { backup, signer, ends, database }: Filling) {
  return from.snapshot(async (view) => {
    const tables = await tablesOf(view);
    await mustBeEmpty(tx, tables, database);
    await copyRows(
      view,
      tx,
      tables.filter((table) => !OF_THE_MOMENT.includes(table)),
    );
    const closed = await closeUnfinished(tx, signer, ends);
    await insertAll(tx, signer, [recordOf(backup, closed, ends)]);
    const restored = await verifyView(tx, signer, headOf(backup));
    if (!restored.ok) throw notTheSame(restored, database);
    return { closed, restored };
  });
}

async function mustBeEmpty(tx: Queryable, tables: readonly string[], database: string): Promise<void> {
  for (const table of tables) {
    const one = table === 'audit_head' ? `${table} where seq > 0` : table;
    if ((await tx.query(`select 1 as one from ${one} limit 1`)).length === 0) continue;
    throw new UserError(
      'conflict',
      `Nothing was restored: ${database} is not empty: the table ${table} has rows.`,
      `A Fairlead has used it. ${NEW_ONE}`,
    );
  }
}

function headOf({ audit }: Verification): { seq: number; hash: string } | undefined {
  if (!audit.ok || audit.records === 0) return undefined;
  return { seq: audit.records, hash: audit.head.slice(audit.head.indexOf(':') + 1) };
}

/** A zero character in a text, which PostgreSQL cannot store, is one cause. */
function notTheSame({ audit, tables, missing }: Verification, database: string): UserError {
  const forged = tables.flatMap(({ table, forged: keys }) => keys.map((key) => `${table} ${key}`));
  const what = audit.ok ? [...forged, ...missing].slice(0, 3).join(', ') : audit.text;
  return new UserError(
    'conflict',
    `Nothing was restored: read again from ${database}, the records are not those of the backup: ${what}`,
    'Restore into the other kind of database, and report it.',
  );
}

function recordOf({ audit }: Verification, closed: Closed, { at, operator }: UnknownEnds): AuditEntry {
  const counts = `${closed.deployments.length} deployments, ${closed.requests} requests, ${closed.jobs} jobs, ${closed.runs} runs, ${closed.grants} grants`;
  return recordOfProgram({
    at,
    operator,
    command: 'restore',
    detail: `restored from a backup with ${audit.records} records; closed as unknown: ${counts}; dropped: ${closed.messages} messages`,
  });
}

async function close({ sql, auditWriter }: OpenDatabase): Promise<void> {
  await auditWriter?.close();
  await sql.close();
}
