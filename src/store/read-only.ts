import { DatabaseSync } from 'node:sqlite';
import { DatabaseFault, withFaults } from './fault.ts';
import { holdOpen } from './held-open.ts';
import { look } from './look.ts';
import { unusable, versionOf } from './migrations.ts';
import { WRITE_LOCK_MS } from './open.ts';
import { type Reader, readerOf } from './reader.ts';

/** A database of Fairlead that is only read. */
export interface ReadOnly {
  readonly db: DatabaseSync;
  readonly sql: Reader;
  /** Of its schema: not newer than this Fairlead's. */
  readonly version: number;
  close(): void;
}

/** Opens a whole database of Fairlead; nothing is created or changed. Throws a `DatabaseFault` for anything else. */
export function openReadOnly(path: string): ReadOnly {
  mustBeWhole(path);
  return withFaults(path, () => {
    const db = new DatabaseSync(path, { readOnly: true, timeout: WRITE_LOCK_MS });
    const release = holdOpen(path);
    const close = () => {
      db.close();
      release();
    };
    try {
      const sql = readerOf(db, path);
      const version = sql.snapshot(() => versionOf(sql));
      const reasons = unusable(version === 0 ? undefined : version);
      if (reasons) throw new DatabaseFault(path, reasons);
      return { db, sql, version: version ?? 0, close };
    } catch (error) {
      close();
      throw error;
    }
  });
}

function mustBeWhole(path: string): void {
  const found = look(path);
  if (found.is === 'database') return;
  const hint = 'DATABASE_URL names the database.';
  if (found.is === 'missing') throw new DatabaseFault(path, { why: 'there is no such file', hint });
  if (found.is === 'empty') throw new DatabaseFault(path, { why: 'the file is empty', hint });
  if (found.is === 'fault') throw new DatabaseFault(path, found.reasons);
  throw new DatabaseFault(path, {
    why: `it was copied while Fairlead had it open, and its write-ahead log ${path}-wal is not beside it, so the newest records may be missing`,
    hint: 'Copy both files, or make the copy with: fairlead backup copy.db',
  });
}
