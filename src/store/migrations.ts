import { DatabaseFault, type Reasons } from './fault.ts';
import { DELIVERIES } from './schema/deliveries.ts';
import { DEPLOYS } from './schema/deploys.ts';
import { DRAWN } from './schema/drawn.ts';
import { FIRST } from './schema/first.ts';
import { OUTBOX } from './schema/outbox.ts';
import { OWED } from './schema/owed.ts';
import { REASONS } from './schema/reasons.ts';
import { SEALED } from './schema/sealed.ts';
import { SIGNED } from './schema/signed.ts';
import { WAVE_TERMS } from './schema/wave-terms.ts';
import { WAVES } from './schema/waves.ts';
import type { Signer } from './signer.ts';
import { beginSigning } from './signing.ts';
import type { Sql } from './sql.ts';

/** In order; each once. A landed one is never edited: a change is a new one. */
const MIGRATIONS: readonly (readonly string[])[] = [
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
];

export const NEWEST = MIGRATIONS.length;

const VERSIONS = 'versions (version bigint primary key)';

/**
 * The version of the schema: 0 of a database without tables, undefined of one that some other program made. In a snapshot
 * or a transaction, as another process may be bringing it up to date.
 */
export function versionOf(sql: Pick<Sql, 'all'>): number | undefined {
  const tables = new Map(
    sql
      .all<{ name: string; sql: string }>(
        "select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
      )
      .map((table) => [table.name, table.sql]),
  );
  if (tables.size === 0) return 0;
  if (!tables.get('versions')?.endsWith(VERSIONS)) return undefined;
  const version = sql.all<{ version: unknown }>('select max(version) as version from versions')[0]?.version ?? 0;
  const isOurs = version === 0 ? tables.size === 1 : tables.has('audit') && tables.has('approvals');
  return isOurs && typeof version === 'number' ? version : undefined;
}

/** Why this Fairlead cannot use a database of that version; undefined when it can. */
export function unusable(version: number | undefined): Reasons | undefined {
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

export function migrate(sql: Sql, signer: Signer): void {
  sql.all(`create table if not exists ${VERSIONS}`);
  sql.tx(() => {
    const version = versionIn(sql);
    for (const [index, texts] of MIGRATIONS.entries()) {
      if (index < version) continue;
      for (const text of texts) sql.all(text);
      if (texts === SIGNED) beginSigning(sql, signer);
      sql.all('insert into versions (version) values ($1)', [index + 1]);
    }
  });
}

/** Throws a `DatabaseFault` for what is no database of this Fairlead or an older one. */
export function mustBeUsable(sql: Pick<Sql, 'all' | 'snapshot' | 'path'>): void {
  sql.snapshot(() => versionIn(sql));
}

function versionIn(sql: Pick<Sql, 'all' | 'path'>): number {
  const version = versionOf(sql);
  const reasons = unusable(version);
  if (reasons) throw new DatabaseFault(sql.path, reasons);
  return version ?? 0;
}
