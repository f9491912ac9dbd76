import { accessSync, chmodSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../../domain/errors.ts';
import { DatabaseFault } from '../fault.ts';
import { BESIDE } from './location.ts';

export const OWNER = 'Its file and its folder have to belong to the user that Fairlead runs as.';
const MOUNT = 'Mount it writable, or let DATABASE_URL name another place.';

/** Makes the folder, and makes sure that SQLite may write all it has to. Throws a `DatabaseFault` that says what it may not. */
export function prepare(path: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    const why = `its folder ${folder} cannot be made: ${messageOf(error)}`;
    throw new DatabaseFault(path, { why, hint: 'Make it, for the user that Fairlead runs as.' });
  }
  must(path, folder, () => accessSync(folder, constants.W_OK | constants.X_OK));
  for (const at of ['', ...BESIDE].map((end) => `${path}${end}`)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found && !found.isFile()) throw new DatabaseFault(path, { why: `${at} is not a file`, hint: OWNER });
    if (found) must(path, at, () => closeSync(openSync(at, 'r+')));
  }
}

function must(path: string, at: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EROFS')
      throw new DatabaseFault(path, { why: `${at} is on a read-only file system`, hint: MOUNT });
    const why = `user ${process.geteuid?.()} may not write ${at}, which belongs to ${ownerOf(at)}`;
    throw new DatabaseFault(path, { why, hint: OWNER });
  }
}

function ownerOf(path: string): string {
  const { uid, mode } = statSync(path);
  return `user ${uid} (mode ${(mode & 0o777).toString(8)})`;
}

/** Keeps the database from other users. Throws a `DatabaseFault` when it is open to them and belongs to somebody else. */
export function keepPrivate(path: string): void {
  if ((statSync(path).mode & 0o077) === 0) return;
  try {
    chmodSync(path, 0o600);
  } catch {
    const why = `it is open to others, and belongs to ${ownerOf(path)}`;
    throw new DatabaseFault(path, { why, hint: OWNER });
  }
}
