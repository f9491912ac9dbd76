import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const dataOnDisk = promisify(fdatasync);

/** The write-ahead log of a database, for syncing it on another thread. */
export interface Wal {
  sync(): Promise<void>;
  close(): void;
}

/** The log of a database in memory. */
export const NO_WAL: Wal = { sync: async () => {}, close() {} };

/** The log is one file for as long as the database is open; SQLite keeps its locks in others. */
export function openWal(path: string): Wal {
  let file: number | undefined;
  const underWay = new Set<Promise<void>>();
  return {
    sync() {
      file ??= openSync(path, 'r');
      const syncing = dataOnDisk(file).finally(() => underWay.delete(syncing));
      underWay.add(syncing);
      return syncing;
    },
    close() {
      const open = file;
      if (open !== undefined) void Promise.allSettled(underWay).then(() => closeSync(open));
    },
  };
}
