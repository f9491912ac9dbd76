import { DatabaseFault } from '../fault.ts';
import type { ReadOnlyDatabase } from '../opened.ts';
import { inOneView } from './connection.ts';
import { withFaults } from './faults.ts';
import { createHandle } from './handle.ts';
import { look } from './look.ts';
import { openReader, type Reader } from './reader.ts';
import { NEWEST, usableVersion, versionOf } from './schema.ts';
import { mustBeSound } from './sound.ts';

/** Opens a whole database of Fairlead; nothing is created or changed. Throws a `DatabaseFault` for anything else. */
export function openReadOnly(path: string): ReadOnlyDatabase & Pick<Reader, 'db'> {
  mustBeWhole(path);
  const { db, connection, view, close } = openReader(path);
  try {
    const found = withFaults(path, () => inOneView(db, () => versionOf(connection)));
    // One without tables is no database of Fairlead yet.
    const version = usableVersion(path, found === 0 ? undefined : found);
    const { query, each } = createHandle(connection, path);
    return {
      db,
      sql: { query, each, snapshot: view },
      version,
      newest: NEWEST,
      mustBeNewest() {
        if (version === NEWEST) return;
        throw new DatabaseFault(path, {
          why: `it is at version ${version}, and this Fairlead verifies version ${NEWEST}`,
          hint: '`fairlead start` brings it up to date.',
        });
      },
      mustBeSound: (thoroughly) => withFaults(path, () => mustBeSound(db, path, thoroughly)),
      close: async () => close(),
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** The version of the database at `path`; 0 where there is none yet. Throws a `DatabaseFault` for what is no database of Fairlead. */
export function versionAt(path: string): number {
  if (['missing', 'empty'].includes(look(path).is)) return 0;
  mustBeWhole(path);
  const { db, connection, close } = openReader(path);
  try {
    const found = withFaults(path, () => inOneView(db, () => versionOf(connection)));
    return usableVersion(path, found);
  } finally {
    close();
  }
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
