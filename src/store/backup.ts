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
import { messageOf, UserError } from '../domain/errors.ts';
import { saySize } from '../domain/size.ts';
import { DatabaseFault, withFaults } from './fault.ts';
import { BESIDE, pathOf } from './location.ts';
import { NEWEST } from './migrations.ts';
import { openReadOnly } from './read-only.ts';
import { createSigner, type RecordKeys } from './signer.ts';
import { mustBeSound } from './sound.ts';
import { type Verification, verify } from './verify.ts';

/** A copy of the database, as it was found when it was read again. */
export interface Backup {
  readonly path: string;
  readonly bytes: number;
  /** Of its schema. */
  readonly version: number;
  /** Undefined of an older version, whose records only the start of this Fairlead could verify. */
  readonly verification: Verification | undefined;
  /** Deployments that were under way at that moment. */
  readonly underWay: number;
}

export interface BackupOptions {
  readonly keys: RecordKeys;
  /** Whether a file that is there may be replaced. */
  readonly overwrite: boolean;
}

/** All pages in one step: SQLite would begin again at every write of somebody else between two steps. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies the database while it is used, to a file that only this user may read, and verifies the copy: its pages, its
 * tables, the audit chain and every signature. A file appears at `target` only when all of it is there and sound. Throws a
 * `UserError` when there is no backup.
 */
export async function backUp(url: string, target: string, { keys, overwrite }: BackupOptions): Promise<Backup> {
  const path = pathOf(url);
  const to = resolve(target);
  mustBeFree(path, to, overwrite);
  const part = join(dirname(to), `.${basename(to)}.${process.pid}.part`);
  const remove = () => rmSync(part, { force: true });
  make(part);
  process.once('exit', remove);
  try {
    await copy(path, part);
    const made = examine(path, part, keys);
    putInPlace(part, to, overwrite);
    return { path: to, ...made };
  } catch (error) {
    if (error instanceof DatabaseFault)
      throw new UserError('not_found', `No backup was made: ${error.path} cannot be used: ${error.why}.`, error.hint);
    throw error;
  } finally {
    remove();
    process.off('exit', remove);
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
    // Waits for whoever holds a lock now, and not in the middle.
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

function examine(path: string, part: string, keys: RecordKeys): Omit<Backup, 'path'> {
  const { sql, version, close } = openReadOnly(part);
  try {
    // A copy of damaged pages is made of a damaged database.
    mustBeSound({ ...sql, path }, 'integrity_check');
    const bytes = statSync(part).size;
    if (version !== NEWEST) return { bytes, version, verification: undefined, underWay: 0 };
    const [running] = sql.all<{ count: number }>("select count(*) as count from deployments where state <> 'ended'");
    return { bytes, version, verification: verify(sql, createSigner(keys)), underWay: running?.count ?? 0 };
  } finally {
    close();
  }
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
