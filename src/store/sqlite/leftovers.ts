import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './faults.ts';
import { BESIDE } from './location.ts';

// A copy is made in a file beside its target. The process that makes it may be killed, and the next one may have the same
// process id, as in a container: names are random, and SQLite's locks, which end with a process, tell who still writes.

const END = '.part';

/** A new name for the file in which a copy is made, before it gets the name `to`. */
export function partOf(to: string): string {
  return join(dirname(to), `.${basename(to)}.${randomBytes(6).toString('hex')}${END}`);
}

export function removePart(part: string): void {
  for (const end of ['', ...BESIDE]) rmSync(`${part}${end}`, { force: true });
}

/** Removes what copies to `to` left behind that were killed, and leaves those that are being made. */
export function removeLeftovers(to: string): void {
  const start = `.${basename(to)}.`;
  for (const name of namesIn(dirname(to))) {
    if (!name.startsWith(start) || !name.endsWith(END)) continue;
    const part = join(dirname(to), name);
    if (!name.slice(start.length, -END.length).includes('.') && isLeft(part)) removePart(part);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It is not there, or not readable: making the file says so.
    return [];
  }
}

/** Whether no process has it locked. */
function isLeft(part: string): boolean {
  if (!lstatSync(part, { throwIfNoEntry: false })?.isFile()) return false;
  const db = new DatabaseSync(part, { timeout: 0 });
  try {
    db.exec('begin exclusive; rollback');
    return true;
  } catch (error) {
    // Half a copy may be no database at all.
    return !isBusy(error);
  } finally {
    db.close();
  }
}
