import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { messageOf } from '../../domain/errors.ts';
import type { Reasons } from '../fault.ts';
import { damaged } from './faults.ts';
import { isHeldOpen } from './held-open.ts';
import { OWNER } from './writable.ts';

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
/** Of the header: 2 while the database is in WAL mode. */
const WRITE_VERSION_AT = 18;
const PAGE_SIZE_AT = 16;
/** How many pages there are, when the numbers at the other two places are the same. */
const PAGES_AT = 28;
const CHANGED_AT = 24;
const PAGES_VALID_FOR_AT = 92;
/** How long a process may take between making a database and its write-ahead log. */
const BEING_MADE_MS = 2000;

/** What a file says of itself before SQLite opens it. */
export type Look =
  | { readonly is: 'missing' | 'empty' | 'database' }
  /** Copied while somebody had it open, without its write-ahead log; `holdsNothing` when there is no more than a header. */
  | { readonly is: 'without-log'; readonly holdsNothing: boolean }
  | { readonly is: 'fault'; readonly reasons: Reasons };

/**
 * Looks at the file without opening it as a database: nothing is created, repaired or locked. One that this thread has open
 * has been looked at, and is not opened here: see `held-open.ts`.
 */
export function look(path: string): Look {
  if (isHeldOpen(path)) return { is: 'database' };
  const hasLog = sizeOf(`${path}-wal`) > 0;
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return hasLog ? onlyLog(path, 'there is no such file') : { is: 'missing' };
  if (!found.isFile()) return fault(found.isDirectory() ? 'it is a folder' : 'it is not a file', ELSEWHERE);
  const header = headerOf(path);
  if (!Buffer.isBuffer(header)) return header;
  if (header.length === 0) return hasLog ? onlyLog(path, 'it is empty') : { is: 'empty' };
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC)
    return fault('it is not an SQLite database, or its beginning is damaged', damaged('').hint);
  if (header.length < HEADER_BYTES) return { is: 'fault', reasons: damaged('its header is cut off') };
  if (hasLog) return hasForeignLog(path, header) ? foreignLog(path) : { is: 'database' };
  const pages = header.readUInt32BE(PAGES_AT);
  const isCounted = header.readUInt32BE(CHANGED_AT) === header.readUInt32BE(PAGES_VALID_FOR_AT);
  const bytes = pages * pageSize(header);
  if (isCounted && bytes > statSync(path).size && sizeOf(`${path}-journal`) === 0)
    return { is: 'fault', reasons: damaged(`${found.size} of ${bytes} bytes are there`) };
  if (header[WRITE_VERSION_AT] !== 2) return { is: 'database' };
  const holdsNothing = pages <= 1;
  return holdsNothing && appears(`${path}-wal`) ? look(path) : { is: 'without-log', holdsNothing };
}

const ELSEWHERE = 'DATABASE_URL names the database: let it name a file.';

function fault(why: string, hint: string): Look {
  return { is: 'fault', reasons: { why, hint } };
}

/** SQLite takes a log for the database's own by its name alone, and would write its pages over those of a restored copy. */
function hasForeignLog(path: string, header: Buffer): boolean {
  if (header[WRITE_VERSION_AT] === 2) return false;
  // A switch into or out of WAL mode leaves a log without the mode, or the reverse, for a moment.
  wait(50);
  const again = headerOf(path);
  return Buffer.isBuffer(again) && again[WRITE_VERSION_AT] !== 2 && sizeOf(`${path}-wal`) > 0;
}

function foreignLog(path: string): Look {
  return fault(
    `${path}-wal beside it belongs to another database, which was there before this one was restored`,
    `Stop Fairlead, move ${path}-wal and ${path}-shm away, and start it again.`,
  );
}

/** Another process that has just made the database makes its log next. */
function appears(path: string): boolean {
  const until = performance.now() + BEING_MADE_MS;
  while (sizeOf(path) === 0 && performance.now() < until) wait(20);
  return sizeOf(path) > 0;
}

function wait(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** SQLite would remove such a log, and the records in it. */
function onlyLog(path: string, why: string): Look {
  return fault(`${why}, but its write-ahead log ${path}-wal has records`, damaged('').hint);
}

function headerOf(path: string): Buffer | Look {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    const file = openSync(path, 'r');
    try {
      return header.subarray(0, readSync(file, header, 0, header.length, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return fault(`it cannot be read: ${messageOf(error)}`, OWNER);
  }
}

// A page of 65536 bytes is written as 1.
function pageSize(header: Buffer): number {
  const size = header.readUInt16BE(PAGE_SIZE_AT);
  return size === 1 ? 65_536 : size;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
