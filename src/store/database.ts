import type { OpenDatabase, ReadOnlyDatabase } from './opened.ts';
import { addressOf } from './postgres/address.ts';
import type { RecordKeys, Signer } from './signer.ts';
import { copyDatabase as copySqlite } from './sqlite/copy.ts';
import { pathOf } from './sqlite/location.ts';
import { openSqlite } from './sqlite/open-sqlite.ts';
import { openReadOnly } from './sqlite/read-only.ts';

// The database that DATABASE_URL names: each kind is a folder, chosen here. What one database needs, another does not load.

const isPostgres = (url: string): boolean => /^postgres(?:ql)?:/iu.test(url);

/** The address as it is shown: without its password. Throws a `UserError` for one that cannot be used. */
export function shownDatabase(url: string): string {
  return isPostgres(url) ? addressOf(url).shown : url;
}

/** Opens it, bringing an older one up to date. Throws a `UserError` for another address, a `DatabaseFault` when it cannot be used. */
export async function openDatabase(url: string, keys: RecordKeys, signer: Signer): Promise<OpenDatabase> {
  if (isPostgres(url)) return (await import('./postgres/open-postgres.ts')).openPostgres(url, signer);
  return openSqlite(pathOf(url), keys, signer);
}

/** Opens it as it is: nothing is created or changed. Throws as `openDatabase` does. */
export async function openForReading(url: string): Promise<ReadOnlyDatabase> {
  return openReadOnly(pathOf(url));
}

/** Copies it to a file while it is used; see `backup.ts`. Throws as `openDatabase` does. */
export async function copyDatabase<T>(
  url: string,
  to: { readonly target: string; readonly overwrite: boolean },
  examine: (copy: ReadOnlyDatabase) => Promise<T>,
): Promise<T> {
  return copySqlite(pathOf(url), to, examine);
}
