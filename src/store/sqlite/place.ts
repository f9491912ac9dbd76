import { statSync } from 'node:fs';
import { DatabaseFault } from '../fault.ts';

/** The files of an open database, as they are on disk. */
export interface Place {
  /**
   * Throws a `DatabaseFault` when a file is not the one that was opened: SQLite would go on writing to a file that nobody
   * finds again. Takes some microseconds.
   */
  mustBeSame(): void;
}

/** The files at `path` from now on; the write-ahead log from the first time it is seen. */
export function placeOf(path: string): Place {
  const opened = new Map<string, string>();
  const check = (at: string) => {
    const found = statSync(at, { bigint: true, throwIfNoEntry: false });
    const id = found && `${found.dev}:${found.ino}`;
    const known = opened.get(at);
    if (known === undefined && id !== undefined) opened.set(at, id);
    if (known === undefined || known === id) return;
    const what = id === undefined ? 'removed' : 'replaced';
    throw new DatabaseFault(path, {
      why: `${at} was ${what} while Fairlead had it open`,
      hint: `Stop Fairlead, put the database back as it was or restore a backup, and start it again.`,
    });
  };
  check(path);
  return {
    mustBeSame() {
      check(path);
      check(`${path}-wal`);
    },
  };
}

export const IN_MEMORY: Place = { mustBeSame() {} };
