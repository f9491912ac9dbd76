import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseFault, type Reasons } from '../fault.ts';

/** SQLite's primary result codes, which are the lowest byte of those it reports. */
const ERROR = 1;
const BUSY = 5;
const READONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

const NO_SPACE: Reasons = {
  why: 'the disk is full',
  hint: 'Free space on it. A running Fairlead continues by itself as soon as it can write.',
};
const LOCKED: Reasons = {
  why: 'another process keeps it locked',
  hint: 'Stop the other process; `fuser` with the path of the database shows which one has it open.',
};
export const damaged = (detail: string): Reasons => ({
  // SQLite says it on several lines.
  why: `it is damaged (${detail.replaceAll(/\s+/gu, ' ')})`,
  hint: 'Stop Fairlead and restore the newest backup: docs/backup.md.',
});

/** The same error; as a `DatabaseFault` when the database or its disk is at fault, and not what was asked of it. */
export function asFault(error: unknown, path: string): unknown {
  if (error instanceof DatabaseFault) return error;
  const reasons = reasonsOf(error, path);
  return reasons === undefined ? error : new DatabaseFault(path, reasons, { cause: error });
}

/** Runs `work` on the database at `path`. Throws a `DatabaseFault` when the database or its disk is at fault. */
export function withFaults<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asFault(error, path);
  }
}

export function isBusy(error: unknown): boolean {
  return sqliteCode(error instanceof DatabaseFault ? error.cause : error) === BUSY;
}

function sqliteCode(error: unknown): number | undefined {
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

function reasonsOf(error: unknown, path: string): Reasons | undefined {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return NO_SPACE;
  if (['EACCES', 'EPERM', 'EROFS', 'EIO'].includes(code)) return atDisk(message);
  switch (sqliteCode(error)) {
    case BUSY:
      return LOCKED;
    case FULL:
      return NO_SPACE;
    case ERROR:
      // All tables were there when it was opened.
      return message.startsWith('no such table: ') ? damaged(message) : undefined;
    case CORRUPT:
      return damaged(message);
    case NOT_A_DATABASE:
      return { ...damaged(message), why: 'it is not an SQLite database, or its beginning is damaged' };
    case READONLY:
    case IO_ERROR:
    case CANNOT_OPEN:
      // SQLite says nothing of space when it is the file of its shared memory that does not fit.
      return isFull(path) ? NO_SPACE : atDisk(message);
    default:
      return undefined;
  }
}

const atDisk = (message: string): Reasons => ({
  why: message,
  hint: 'Check that Fairlead may write to it and to its folder, and that their file system is writable and healthy.',
});

function isFull(path: string): boolean {
  try {
    return statfsSync(dirname(path)).bavail === 0;
  } catch {
    return false;
  }
}
