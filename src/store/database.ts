import { DatabaseFault, type Reasons } from './fault.ts';
import type { OpenDatabase, ReadOnlyDatabase } from './opened.ts';
import { addressOf } from './postgres/address.ts';
import type { Ahead } from './postgres/ahead.ts';
import type { RecordKeys, Signer } from './signer.ts';
import { pathOf } from './sqlite/location.ts';

// The database that DATABASE_URL names: each kind is a folder, chosen here. What one database needs, another does not load.

const isPostgres = (url: string): boolean => /^postgres(?:ql)?:/iu.test(url);

/** The address as it is shown: without its password. Throws a `UserError` for one that cannot be used. */
export function shownDatabase(url: string): string {
  if (isPostgres(url)) return addressOf(url).shown;
  pathOf(url);
  return url;
}

/** Opens it, bringing an older one up to date. Throws a `UserError` for another address, a `DatabaseFault` when it cannot be used. */
export async function openDatabase(
  url: string,
  keys: RecordKeys,
  signer: Signer,
  ahead?: Ahead,
): Promise<OpenDatabase> {
  if (isPostgres(url)) return (await import('./postgres/open-postgres.ts')).openPostgres(url, signer, ahead?.take());
  const path = pathOf(url);
  return (await import('./sqlite/open-sqlite.ts')).openSqlite(path, keys, signer);
}

/** The version of its schema; 0 where there is nothing of Fairlead's yet. Changes nothing. Throws as `openDatabase` does. */
export async function versionAt(url: string): Promise<number> {
  if (isPostgres(url)) return (await import('./postgres/read-only.ts')).versionAt(url);
  return (await import('./sqlite/read-only.ts')).versionAt(pathOf(url));
}

/** Connects to a database of servers, and disconnects; a file is not looked at. Throws as `openDatabase` does. */
export async function reachDatabase(url: string): Promise<void> {
  if (!isPostgres(url)) return;
  const { openPool } = await import('./postgres/pool.ts');
  await (await openPool(addressOf(url))).close();
}

/** Opens it as it is: nothing is created or changed. Throws as `openDatabase` does. */
export async function openForReading(url: string): Promise<ReadOnlyDatabase> {
  if (isPostgres(url)) return (await import('./postgres/read-only.ts')).openReadOnly(url);
  return (await import('./sqlite/read-only.ts')).openReadOnly(pathOf(url));
}

/**
 * Copies it, as it is at one moment, to a file of SQLite while it is used: `examine` is given the copy before it appears
 * at its target; see `sqlite/new-file.ts`. Throws as `openDatabase` does.
 */
export async function copyDatabase<T>(
  url: string,
  to: { readonly target: string; readonly overwrite: boolean; readonly signer: Signer },
  examine: (copy: ReadOnlyDatabase) => Promise<T>,
): Promise<T> {
  if (!isPostgres(url)) return (await import('./sqlite/copy.ts')).copyDatabase(pathOf(url), to, examine);
  const { sql, version, newest, close } = await openForReading(url);
  try {
    const { createBackup } = await import('./sqlite/create-backup.ts');
    const { makeFile } = await import('./sqlite/new-file.ts');
    const { copyRows } = await import('./transfer/rows.ts');
    if (version > newest) throw new DatabaseFault(shownDatabase(url), tooNew(version, newest));
    const fill = (part: string) =>
      sql.snapshot((view) =>
        createBackup(part, { version, signer: to.signer }, (tx, tables) => copyRows(view, tx, tables)),
      );
    return await makeFile({ ...to, source: shownDatabase(url) }, fill, examine);
  } finally {
    await close();
  }
}

const tooNew = (version: number, newest: number): Reasons => ({
  why: `it is at version ${version}, and this Fairlead copies versions up to ${newest}`,
  hint: 'Use the newer Fairlead that brought it there.',
});
