import { createLocalHints } from '../hints.ts';
import type { OpenDatabase } from '../opened.ts';
import type { RecordKeys, Signer } from '../signer.ts';
import { OWN_TIME } from '../time.ts';
import { createAuditThread } from './audit-writer.ts';
import { connectionOf, inOneView } from './connection.ts';
import { mustBeInUse } from './mark.ts';
import { openDatabase } from './open.ts';
import { migrate, usableVersion, versionOf } from './schema.ts';
import { mustBeSound } from './sound.ts';
import { createSql, type SqliteSql } from './sql.ts';

const CLOCK = "cast((julianday('now') - 2440587.5) * 86400000 as integer)";

/**
 * Opens the file at `path`, or `:memory:`, up to date and sound in every page, which takes some 2 ms per megabyte. Rejects
 * with a `DatabaseFault` when it cannot be used, and leaves it then as it was.
 */
export async function openSqlite(path: string, keys: RecordKeys, signer: Signer): Promise<OpenDatabase> {
  const opened = openDatabase(path, (db) => {
    mustBeInUse(db, path);
    usableVersion(
      path,
      inOneView(db, () => versionOf(connectionOf(db))),
    );
    mustBeSound(db, path);
  });
  let sql: SqliteSql | undefined;
  try {
    sql = createSql(opened);
    await migrate(sql, signer);
  } catch (error) {
    await (sql ?? opened).close();
    throw error;
  }
  const auditWriter = path === ':memory:' ? undefined : createAuditThread(path, keys);
  return {
    sql,
    origin: opened.origin,
    software: `SQLite ${process.versions['sqlite']}`,
    clock: CLOCK,
    auditWriter,
    hints: createLocalHints(),
    isShared: false,
    time: OWN_TIME,
  };
}
