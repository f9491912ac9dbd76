import { statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../domain/errors.ts';
import { saySize } from '../../domain/size.ts';
import type { ReadOnlyDatabase } from '../opened.ts';
import { withFaults } from './faults.ts';
import { BESIDE } from './location.ts';
import { markAsBackup } from './mark.ts';
import { makeFile, type NewFile, refuse } from './new-file.ts';
import { openReadOnly } from './read-only.ts';

/** All pages in one step: SQLite would begin again at every write of somebody else between two steps. */
const ALL_PAGES = 0x7fff_ffff;

/** Copies the database at `path` while it is used, page by page, to a file; see `makeFile`. */
export async function copyDatabase<T>(
  path: string,
  to: Omit<NewFile, 'source'>,
  examine: (copy: ReadOnlyDatabase) => Promise<T>,
): Promise<T> {
  const target = resolve(to.target);
  if (['', ...BESIDE].some((end) => isSame(resolve(`${path}${end}`), target)))
    refuse(target, 'is the database itself', 'Name another file, best on another disk.');
  return makeFile({ ...to, source: path }, (part) => copy(path, part), examine);
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((at) => statSync(at, { bigint: true, throwIfNoEntry: false }));
  return one === other || (first !== undefined && first.dev === second?.dev && first.ino === second.ino);
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
    await close();
  }
  // A file in WAL mode without a log beside it would count as one that was copied without it.
  const made = new DatabaseSync(part);
  made.exec('pragma journal_mode = delete');
  markAsBackup(made);
  made.close();
}
