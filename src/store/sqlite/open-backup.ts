import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../domain/errors.ts';
import { DatabaseFault } from '../fault.ts';
import type { ReadOnlyDatabase } from '../opened.ts';
import type { RecordKeys, Signer } from '../signer.ts';
import { isBackup, unmark } from './mark.ts';
import { openSqlite } from './open-sqlite.ts';
import { openReadOnly } from './read-only.ts';

/**
 * Runs `work` on a backup that is sound and of the newest version: an older one is copied to a temporary file, which is
 * brought up to date and removed afterwards. The backup itself is only read. Rejects with a `DatabaseFault`.
 */
export async function withBackup<T>(
  path: string,
  { keys, signer }: { readonly keys: RecordKeys; readonly signer: Signer },
  work: (backup: ReadOnlyDatabase) => Promise<T>,
): Promise<T> {
  const backup = openReadOnly(path);
  try {
    if (!isBackup(backup.db)) throw noBackup(path);
    backup.mustBeSound(true);
    if (backup.version === backup.newest) return await work(backup);
  } finally {
    await backup.close();
  }
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-restore-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const copy = join(folder, 'upgraded.db');
    await upgrade(path, copy, { keys, signer });
    const upgraded = openReadOnly(copy);
    return await work(upgraded).finally(upgraded.close);
  } finally {
    remove();
    process.off('exit', remove);
  }
}

async function upgrade(
  path: string,
  copy: string,
  { keys, signer }: { readonly keys: RecordKeys; readonly signer: Signer },
): Promise<void> {
  try {
    copyFileSync(path, copy);
  } catch (error) {
    throw new DatabaseFault(path, {
      why: `it is of an older version, and cannot be copied to be brought up to date: ${messageOf(error)}`,
      hint: 'Set TMPDIR to a folder with space for it.',
    });
  }
  const db = new DatabaseSync(copy);
  unmark(db);
  db.close();
  const { sql } = await openSqlite(copy, keys, signer);
  await sql.close();
}

function noBackup(path: string): DatabaseFault {
  return new DatabaseFault(path, {
    why: 'it was not made by `fairlead backup`, and a process may be using it',
    hint: `Make a backup of it, and restore that: DATABASE_URL=file:${path} fairlead backup <file>`,
  });
}
