import { DatabaseSync } from 'node:sqlite';
import { DatabaseFault } from '../fault.ts';
import type { Origin } from '../opened.ts';
import { isBusy, withFaults } from './faults.ts';
import { holdOpen, isHeldOpen } from './held-open.ts';
import { look } from './look.ts';
import { BRIEFLY_MS, WRITE_LOCK_MS } from './waits.ts';
import { keepPrivate, prepare } from './writable.ts';

/** The connection that writes. */
export interface Opened {
  readonly path: string;
  readonly db: DatabaseSync;
  readonly origin: Origin;
  close(): void;
}

/**
 * Opens the file for reading and writing, in WAL mode. Before anything in it is changed it is looked at, and `check` may
 * throw; without a `check`, another thread of this process has done so and has it open. Throws a `DatabaseFault` that says
 * what keeps it from being used.
 */
export function openDatabase(path: string, check: ((db: DatabaseSync) => void) | undefined): Opened {
  return withFaults(path, () => {
    const origin = path === ':memory:' ? 'new' : check ? originOf(path) : 'existing';
    // SQLite lets waiters try again in no order: under load one of them can be passed over many times.
    const db = new DatabaseSync(path, { timeout: WRITE_LOCK_MS });
    try {
      check?.(db);
      if (path !== ':memory:') {
        keepPrivate(path);
        switchToWal(db, path);
      }
      db.exec('pragma synchronous = full; pragma foreign_keys = on');
      // A checkpoint delays the commit that triggers it: few large ones are better than many small ones.
      db.exec('pragma wal_autocheckpoint = 8000');
      db.exec(`pragma busy_timeout = ${BRIEFLY_MS}`);
      const release = holdOpen(path);
      const close = () => {
        closeDatabase(db);
        release();
      };
      return { path, db, origin, close };
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function originOf(path: string): Origin {
  if (isHeldOpen(path)) return 'existing';
  const found = look(path);
  if (found.is === 'fault') throw new DatabaseFault(path, found.reasons);
  if (found.is === 'without-log' && found.holdsNothing)
    throw new DatabaseFault(path, {
      why: `it holds nothing: it was copied while Fairlead had it open, and ${path}-wal, which had its records, is not beside it`,
      hint: 'Put that log beside it, or restore a backup that `fairlead backup` made.',
    });
  prepare(path);
  if (found.is === 'without-log') return 'without-log';
  return found.is === 'database' ? 'existing' : 'new';
}

/** SQLite waits for nobody here, to keep two that switch at once from waiting for each other; the second finds it done. */
function switchToWal(db: DatabaseSync, path: string): void {
  const until = performance.now() + WRITE_LOCK_MS;
  for (;;) {
    try {
      const { journal_mode: mode } = db.prepare('pragma journal_mode = wal').get() as { journal_mode: string };
      if (mode === 'wal') return;
      throw new DatabaseFault(path, {
        why: 'its file system has no shared memory, as network file systems have none',
        hint: 'Let DATABASE_URL name a place on a local disk.',
      });
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 20);
  }
}

/**
 * Closes it. The last to close takes the file out of WAL mode: a file that is still in it and has no log beside it was
 * copied while somebody had it open. Others that have it open keep it in.
 */
function closeDatabase(db: DatabaseSync): void {
  try {
    db.exec('pragma busy_timeout = 0; pragma journal_mode = delete');
  } catch {
    // It stays in WAL mode, which is as whole: others have it open, or its disk is full.
  }
  db.close();
}
