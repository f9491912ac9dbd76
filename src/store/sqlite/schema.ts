import { DatabaseFault, type Reasons } from '../fault.ts';
import { SHARED } from '../migrations/index.ts';
import type { Migration } from '../migrations/migration.ts';
import type { Signer } from '../signer.ts';
import { beginSigning, takeStep } from '../signing.ts';
import type { Queryable } from '../sql.ts';
import type { Connection } from './connection.ts';
import { DELIVERIES } from './migrations/deliveries.ts';
import { DEPLOYS } from './migrations/deploys.ts';
import { DRAWN } from './migrations/drawn.ts';
import { EXEC_GRANTS } from './migrations/exec-grants.ts';
import { EXECS } from './migrations/execs.ts';
import { FIRST } from './migrations/first.ts';
import { ORDER } from './migrations/order.ts';
import { OUTBOX } from './migrations/outbox.ts';
import { OWED } from './migrations/owed.ts';
import { REASONS } from './migrations/reasons.ts';
import { RUNS } from './migrations/runs.ts';
import { SCANS } from './migrations/scans.ts';
import { SEALED } from './migrations/sealed.ts';
import { SIGNED } from './migrations/signed.ts';
import { WAVE_TERMS } from './migrations/wave-terms.ts';
import { WAVES } from './migrations/waves.ts';
import type { SqliteSql } from './sql.ts';

/** Steps that only SQLite has: a new one goes into `../migrations`. */
const OWN: readonly (readonly string[])[] = [
  FIRST,
  DEPLOYS,
  WAVES,
  SEALED,
  WAVE_TERMS,
  DRAWN,
  SIGNED,
  DELIVERIES,
  OWED,
  REASONS,
  OUTBOX,
  ORDER,
  EXECS,
  RUNS,
  EXEC_GRANTS,
  SCANS,
];
const MIGRATIONS: readonly Migration[] = [...OWN.map((statements) => ({ statements })), ...SHARED];

export const NEWEST = MIGRATIONS.length;

const VERSIONS = 'versions (version bigint primary key)';
const TABLES = "select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite_%'";
const VERSION = 'select max(version) as version from versions';

type Table = { readonly name: string; readonly sql: string };

/** The version of the schema: 0 of a database without tables, undefined of one that some other program made. */
export function versionOf({ all }: Pick<Connection, 'all'>): number | undefined {
  const tables = all<Table>(TABLES);
  return tables.length === 0 ? 0 : versionFrom(tables, () => all<{ version: unknown }>(VERSION)[0]?.version);
}

function versionFrom(tables: readonly Table[], newest: () => unknown): number | undefined {
  const names = new Map(tables.map(({ name, sql }) => [name, sql]));
  if (!names.get('versions')?.endsWith(VERSIONS)) return undefined;
  const version = newest() ?? 0;
  const isOurs = version === 0 ? names.size === 1 : names.has('audit') && names.has('approvals');
  return isOurs && typeof version === 'number' ? version : undefined;
}

/** Why this Fairlead cannot use a database of that version; undefined when it can. */
function unusable(version: number | undefined): Reasons | undefined {
  if (version === undefined)
    return {
      why: 'it belongs to another program',
      hint: 'DATABASE_URL names the database: let it name one of Fairlead, or a new file.',
    };
  if (version <= NEWEST) return undefined;
  return {
    why: `it is at version ${version}, and this Fairlead knows versions up to ${NEWEST}`,
    hint: 'Start the newer Fairlead that wrote it, or restore a backup from before the upgrade.',
  };
}

/** The version of a database of this Fairlead or an older one. Throws a `DatabaseFault` for any other. */
export function usableVersion(path: string, version: number | undefined): number {
  const reasons = unusable(version);
  if (reasons) throw new DatabaseFault(path, reasons);
  return version ?? 0;
}

/** Brings the schema up to date. */
export async function migrate(sql: SqliteSql, signer: Signer): Promise<void> {
  await sql.query(`create table if not exists ${VERSIONS}`);
  await sql.tx(async (tx) => {
    // Another process may have been here since the database was looked at.
    const tables = await tx.query<Table>(TABLES);
    const [newest] = await tx.query<{ version: unknown }>(VERSION);
    const version = usableVersion(
      sql.path,
      versionFrom(tables, () => newest?.version),
    );
    await advance(tx, signer, { from: version, to: NEWEST });
  });
}

/** Makes the tables of that version, 1 to `NEWEST`, in a database that has none. Part of a transaction. */
export async function createSchema(tx: Queryable, signer: Signer, version: number): Promise<void> {
  await tx.query(`create table ${VERSIONS}`);
  await advance(tx, signer, { from: 0, to: version });
}

/** The tables whose rows are copied from one database to another: each after those that its rows refer to. */
export async function tablesOf(view: Queryable): Promise<string[]> {
  const tables = await view.query<Table>(`${TABLES} and name <> 'versions' order by rowid`);
  return tables.map(({ name }) => name);
}

async function advance(tx: Queryable, signer: Signer, { from, to }: { from: number; to: number }): Promise<void> {
  for (const [index, step] of MIGRATIONS.slice(0, to).entries()) {
    if (index < from) continue;
    await takeStep(tx, signer, step);
    if (step.statements === SIGNED) await beginSigning(tx, signer);
    await tx.query('insert into versions (version) values ($1)', [index + 1]);
  }
}
