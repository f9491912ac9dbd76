import type { DatabaseSync } from 'node:sqlite';
import { DatabaseFault } from '../fault.ts';

/** `user_version` of a backup, in the header of its file: "flbk". A database that is used has 0. */
const BACKUP = 0x66_6c_62_6b;

/** Marks a file as a backup: no bot starts on it and goes on with what was under way when it was made. */
export function markAsBackup(db: DatabaseSync): void {
  db.exec(`pragma user_version = ${BACKUP}`);
}

export function unmark(db: DatabaseSync): void {
  db.exec('pragma user_version = 0');
}

export function isBackup(db: DatabaseSync): boolean {
  const { user_version: version } = db.prepare('pragma user_version').get() as { user_version: number };
  return version === BACKUP;
}

/** Throws a `DatabaseFault` for a backup. */
export function mustBeInUse(db: DatabaseSync, path: string): void {
  if (!isBackup(db)) return;
  throw new DatabaseFault(path, {
    why: 'it is a backup, and what was under way when it was made must not be carried on',
    hint: 'Move it to another name, and restore it from there: fairlead restore <file>',
  });
}
