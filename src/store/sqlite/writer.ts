import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { createQueue } from '../queue.ts';
import { type Connection, connectionOf } from './connection.ts';
import { asFault, isBusy } from './faults.ts';
import { createHandle, type Handle } from './handle.ts';
import type { Place } from './place.ts';
import { MOST_BETWEEN_MS, WRITE_LOCK_MS } from './waits.ts';

/** The connection that writes. One thing at a time is done on it, so that nothing falls into another task's transaction. */
export interface Writer {
  /** Runs one statement that is a transaction of its own. */
  once<T>(work: (connection: Connection) => T): Promise<T>;
  /** Runs `work` in a transaction that holds the write lock from its start. `full`: it is on disk when this resolves. */
  transaction<T>(synced: 'full' | 'normal', work: (handle: Handle) => Promise<T>): Promise<T>;
  /** Runs `work`, which only reads, in a transaction; for a database that has no other connection. */
  view<T>(work: (handle: Handle) => Promise<T>): Promise<T>;
  close(close: () => void): Promise<void>;
}

export function createWriter(db: DatabaseSync, path: string, place: Place): Writer {
  const connection = connectionOf(db);
  const oneAtATime = createQueue();
  const within = async <T>(work: (handle: Handle) => Promise<T>): Promise<T> => {
    const handle = createHandle(connection, path);
    try {
      const value = await work(handle);
      handle.end();
      db.exec('commit');
      return value;
    } catch (error) {
      handle.end();
      // A full disk has made SQLite end the transaction already.
      if (db.isTransaction) db.exec('rollback');
      throw asFault(error, path);
    }
  };
  return {
    async once(work) {
      const since = performance.now();
      return oneAtATime(() =>
        locked(path, since, () => {
          place.mustBeSame();
          return work(connection);
        }),
      );
    },
    async transaction(synced, work) {
      const since = performance.now();
      return oneAtATime(async () => {
        // Less than `full` leaves out one thing: the sync of the write-ahead log after each commit.
        if (synced === 'normal') db.exec('pragma synchronous = normal');
        try {
          await locked(path, since, () => {
            place.mustBeSame();
            db.exec('begin immediate');
          });
          return await within(work);
        } finally {
          if (synced === 'normal') db.exec('pragma synchronous = full');
        }
      });
    },
    view: (work) =>
      oneAtATime(() => {
        db.exec('begin');
        return within(work);
      }),
    close: (close) => oneAtATime(async () => close()),
  };
}

/**
 * Runs `work`, which takes the write lock, as soon as no other process holds it. SQLite itself waits only briefly, since it
 * would keep this whole thread waiting. Rejects with a `DatabaseFault` when the lock has not come free by `WRITE_LOCK_MS`
 * after `since`.
 */
async function locked<T>(path: string, since: number, work: () => T): Promise<T> {
  for (let most = 2; ; most = Math.min(most * 2, MOST_BETWEEN_MS)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() - since > WRITE_LOCK_MS) throw asFault(error, path);
    }
    await delay(most * (0.5 + Math.random() / 2));
  }
}
