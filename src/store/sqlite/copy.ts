import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { messageOf, UserError } from '../../domain/errors.ts';
import { saySize } from '../../domain/size.ts';
import { DatabaseFault } from '../fault.ts';
import type { ReadOnlyDatabase } from '../opened.ts';
import { withFaults } from './faults.ts';
import { BESIDE } from './location.ts';
import { openReadOnly } from './read-only.ts';

/** All pages in one step: SQLite would begin again at every write of somebody else between two steps. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies the database at `path` while it is used, to a file that only this user may read, and resolves to what `examine`
 * finds in the copy. The file appears at `target` only once `examine` has resolved. Rejects with a `UserError` or a
 * `DatabaseFault` when there is no copy.
 */
export async function copyDatabase<T>(
  path: string,
  { target, overwrite }: { readonly target: string; readonly overwrite: boolean },
  examine: (copy: ReadOnlyDatabase) => Promise<T>,
): Promise<T> {
  const to = resolve(target);
  mustBeFree(path, to, overwrite);
  const part = join(dirname(to), `.${basename(to)}.${process.pid}.part`);
  const remove = () => rmSync(part, { force: true });
  make(part);
  process.once('exit', remove);
  try {
    await copy(path, part);
    const found = await examined(path, part, examine);
    putInPlace(part, to, overwrite);
    return found;
  } finally {
    remove();
    process.off('exit', remove);
  }
}

/** A copy of damaged pages is made of a damaged database, which is named. */
async function examined<T>(path: string, part: string, examine: (copy: ReadOnlyDatabase) => Promise<T>): Promise<T> {
  const database = openReadOnly(part);
  try {
    return await examine(database);
  } catch (error) {
    if (error instanceof DatabaseFault) throw new DatabaseFault(path, error, { cause: error });
    throw error;
  } finally {
    database.close();
  }
}

function refuse(to: string, why: string, hint?: string): never {
  throw new UserError('conflict', `No backup was made: ${to} ${why}.`, hint);
}

function mustBeFree(path: string, to: string, overwrite: boolean): void {
  if (['', ...BESIDE].some((end) => isSame(resolve(`${path}${end}`), to)))
    refuse(to, 'is the database itself', 'Name another file, best on another disk.');
  const found = statSync(to, { throwIfNoEntry: false });
  if (found && !found.isFile()) refuse(to, 'is a folder', `Name a file in it: ${join(to, 'fairlead.db')}`);
  const taken = ['', ...BESIDE].map((end) => `${to}${end}`).find((at) => existsSync(at));
  if (taken !== undefined && !overwrite)
    refuse(taken, 'is there already', 'Name a new file, or replace it with --force.');
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((at) => statSync(at, { bigint: true, throwIfNoEntry: false }));
  return one === other || (first !== undefined && first.dev === second?.dev && first.ino === second.ino);
}

function make(part: string): void {
  try {
    closeSync(openSync(part, 'wx', 0o600));
  } catch (error) {
    refuse(dirname(part), `cannot be written: ${messageOf(error)}`, 'Make the folder, or name a file in another.');
  }
}

async function copy(path: string, part: string): Promise<void> {
  const { db, close } = openReadOnly(path);
  try {
    const bytes = ['', '-wal'].reduce(
      (sum, end) => sum + (statSync(`${path}${end}`, { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
    const { bavail, bsize } = statfsSync(dirname(part));
    if (bavail * bsize < bytes)
      refuse(
        dirname(part),
        `has ${saySize(bavail * bsize)} free, and up to ${saySize(bytes)} are needed`,
        'Name a file on another disk.',
      );
    // Waits for other lock holders now, and not in the middle.
    withFaults(path, () => db.exec('begin; select count(*) from sqlite_schema'));
    await backup(db, part, { rate: ALL_PAGES }).catch((error) => {
      refuse(part, `cannot be written: ${messageOf(error)}`, 'Check the disk it is on.');
    });
  } finally {
    close();
  }
  // A file in WAL mode without a log beside it would count as one that was copied without it.
  const made = new DatabaseSync(part);
  made.exec('pragma journal_mode = delete');
  made.close();
}

function putInPlace(part: string, to: string, overwrite: boolean): void {
  try {
    if (overwrite) {
      for (const end of BESIDE) rmSync(`${to}${end}`, { force: true });
      renameSync(part, to);
    } else moveToNew(part, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') refuse(to, 'was made by somebody else meanwhile');
    refuse(to, `cannot be written: ${messageOf(error)}`);
  }
  const folder = openSync(dirname(to), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/** In one step that fails when the file is there; where a file cannot have two names, in two. */
function moveToNew(part: string, to: string): void {
  try {
    linkSync(part, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(to)) throw error;
    renameSync(part, to);
  }
}
