import { closeSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Signer } from '../signer.ts';
import type { Queryable } from '../sql.ts';
import { connectionOf } from './connection.ts';
import { asFault } from './faults.ts';
import { createHandle } from './handle.ts';
import { markAsBackup } from './mark.ts';
import { createSchema, tablesOf } from './schema.ts';

/**
 * Makes a backup with the tables of that version in the empty file at `path`, lets `fill` write their rows, and resolves once all is on
 * disk. The file is worth nothing before that. Memory does not grow with what is
 * written. Rejects with a `DatabaseFault`, or with what `fill` rejects with.
 */
export async function createBackup(
  path: string,
  { version, signer }: { readonly version: number; readonly signer: Signer },
  fill: (tx: Queryable, tables: readonly string[]) => Promise<void>,
): Promise<void> {
  const db = new DatabaseSync(path);
  const handle = createHandle(connectionOf(db), path);
  try {
    // The lock shows another process that this file is still being written. A journal would hold pages that were there before.
    db.exec('pragma journal_mode = memory; pragma synchronous = off; pragma foreign_keys = on; begin exclusive');
    await createSchema(handle, signer, version);
    await fill(handle, await tablesOf(handle));
    markAsBackup(db);
    db.exec('commit');
  } catch (error) {
    throw asFault(error, path);
  } finally {
    handle.end();
    db.close();
  }
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}
