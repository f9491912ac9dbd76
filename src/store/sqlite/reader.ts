import { DatabaseSync } from 'node:sqlite';
import { type Connection, connectionOf } from './connection.ts';
import { withFaults } from './faults.ts';
import { createHandle, type Handle } from './handle.ts';
import { holdOpen } from './held-open.ts';
import { WRITE_LOCK_MS } from './waits.ts';

/** A connection that reads the file of a database, and cannot change it. */
export interface Reader {
  readonly db: DatabaseSync;
  readonly connection: Connection;
  /** Runs `work` on the database as it is at its first look. One at a time. */
  view<T>(work: (handle: Handle) => Promise<T>): Promise<T>;
  close(): void;
}

export function openReader(path: string): Reader {
  const db = withFaults(path, () => new DatabaseSync(path, { readOnly: true, timeout: WRITE_LOCK_MS }));
  const release = holdOpen(path);
  const connection = connectionOf(db);
  return {
    db,
    connection,
    async view(work) {
      const handle = createHandle(connection, path);
      withFaults(path, () => db.exec('begin'));
      try {
        return await work(handle);
      } finally {
        handle.end();
        if (db.isTransaction) db.exec('commit');
      }
    },
    close() {
      db.close();
      release();
    },
  };
}
