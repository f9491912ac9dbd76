import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { messageOf, UserError } from '../../domain/errors.ts';
import { DatabaseFault } from '../fault.ts';
import type { ReadOnlyDatabase } from '../opened.ts';
import { partOf, removeLeftovers, removePart } from './leftovers.ts';
import { BESIDE } from './location.ts';
import { openReadOnly } from './read-only.ts';

/** Where a copy goes, and what it is a copy of. */
export interface NewFile {
  readonly target: string;
  readonly overwrite: boolean;
  /** The database, as errors name it. */
  readonly source: string;
}

/**
 * Makes a database in a file that only this user may read: `fill` writes it beside its place, and it appears at `target`
 * only once `examine` has resolved. Resolves to what that finds. Rejects with a `UserError` or a `DatabaseFault` when there
 * is no copy; nothing is left of it then.
 */
export async function makeFile<T>(
  { target, overwrite, source }: NewFile,
  fill: (part: string) => Promise<void>,
  examine: (copy: ReadOnlyDatabase) => Promise<T>,
): Promise<T> {
  const to = resolve(target);
  mustBeFree(to, overwrite);
  removeLeftovers(to);
  const part = partOf(to);
  const remove = () => removePart(part);
  make(part);
  process.once('exit', remove);
  try {
    await fill(part);
    const found = await examined(source, part, examine);
    putInPlace(part, to, overwrite);
    return found;
  } catch (error) {
    // A fault of this file is one of the disk it is on.
    if (error instanceof DatabaseFault && error.path === part)
      refuse(dirname(to), `cannot be written: ${error.why}`, error.hint);
    throw error;
  } finally {
    remove();
    process.off('exit', remove);
  }
}

/** A copy of damaged pages is made of a damaged database, which is named. */
async function examined<T>(source: string, part: string, examine: (copy: ReadOnlyDatabase) => Promise<T>): Promise<T> {
  const database = openReadOnly(part);
  try {
    return await examine(database);
  } catch (error) {
    if (error instanceof DatabaseFault) throw new DatabaseFault(source, error, { cause: error });
    throw error;
  } finally {
    await database.close();
  }
}

/** Throws the refusal of a copy to that place. */
export function refuse(to: string, why: string, hint?: string): never {
  throw new UserError('conflict', `No backup was made: ${to} ${why}.`, hint);
}

function mustBeFree(to: string, overwrite: boolean): void {
  const found = statSync(to, { throwIfNoEntry: false });
  if (found && !found.isFile()) refuse(to, 'is a folder', `Name a file in it: ${join(to, 'fairlead.db')}`);
  const taken = ['', ...BESIDE].map((end) => `${to}${end}`).find((at) => existsSync(at));
  if (taken !== undefined && !overwrite)
    refuse(taken, 'is there already', 'Name a new file, or replace it with --force.');
}

function make(part: string): void {
  try {
    closeSync(openSync(part, 'wx', 0o600));
  } catch (error) {
    refuse(dirname(part), `cannot be written: ${messageOf(error)}`, 'Make the folder, or name a file in another.');
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
