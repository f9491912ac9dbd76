import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { messageOf, UserError } from '../errors.ts';
import { eachWithNumbers, readingAnyInteger, withNumbers } from './integers.ts';
import { NEWEST } from './migrations.ts';
import { createSigner, type RecordKeys } from './signer.ts';
import { pathOf } from './sql.ts';
import { type Verification, verify } from './verify.ts';
import type { SavedHead } from './verify-audit.ts';

/**
 * Verifies a database without opening it for writing: nothing is created, brought up to date or tidied up. Throws a
 * `UserError` when there is no whole database of this version to verify.
 */
export function inspect(url: string, keys: RecordKeys, saved?: SavedHead): Verification {
  const path = pathOf(url);
  mustBeWhole(path);
  const signer = createSigner(keys);
  const db = open(path);
  try {
    mustBeOurs(db, path);
    const sql = {
      all: <Row>(text: string) =>
        readingAnyInteger(db.prepare(text))
          .all()
          .map((row) => withNumbers<Row>(row)),
      each: <Row>(text: string) => eachWithNumbers<Row>(readingAnyInteger(db.prepare(text)).iterate()),
      snapshot<T>(work: () => T): T {
        db.exec('begin');
        try {
          return work();
        } finally {
          db.exec('commit');
        }
      },
    };
    return verify(sql, signer, saved);
  } finally {
    db.close();
  }
}

const MAGIC = 'SQLite format 3\0';
/** Of the file's header: 2 while the database is in WAL mode. */
const WRITE_VERSION_AT = 18;

function mustBeWhole(path: string): void {
  const refuse = (cause: string, hint = 'DATABASE_URL names the database.'): never => {
    throw new UserError('not_found', `Nothing was verified: ${cause}`, hint);
  };
  if (!existsSync(path)) refuse(`there is no file ${path}.`);
  const header = headerOf(path);
  if (header.length === 0) refuse(`${path} is empty.`);
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) refuse(`${path} is not an SQLite database.`);
  if (header[WRITE_VERSION_AT] === 2 && !existsSync(`${path}-wal`))
    refuse(
      `${path} was copied while Fairlead had it open, and its write-ahead log ${path}-wal is not beside it, so the newest records may be missing.`,
      'Copy both files, or make the copy with: sqlite3 fairlead.db "vacuum into \'copy.db\'"',
    );
}

function headerOf(path: string): Buffer {
  const header = Buffer.alloc(WRITE_VERSION_AT + 1);
  try {
    const file = openSync(path, 'r');
    try {
      return header.subarray(0, readSync(file, header, 0, header.length, 0));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new UserError('not_found', `Nothing was verified: ${path} cannot be read: ${messageOf(error)}.`);
  }
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true, timeout: 15_000 });
  } catch (error) {
    throw new UserError('not_found', `Nothing was verified: ${path} cannot be opened: ${messageOf(error)}.`);
  }
}

function mustBeOurs(db: DatabaseSync, path: string): void {
  const version = versionOf(db, path);
  if (version === NEWEST) return;
  const what =
    version === undefined
      ? 'is not a database of Fairlead'
      : `is at version ${version}, and this Fairlead verifies version ${NEWEST}`;
  throw new UserError(
    'not_found',
    `Nothing was verified: ${path} ${what}.`,
    version !== undefined && version < NEWEST ? '`fairlead start` brings it up to date.' : undefined,
  );
}

function versionOf(db: DatabaseSync, path: string): number | undefined {
  try {
    const tables = db
      .prepare("select name from sqlite_schema where type = 'table' and name in ('versions', 'audit')")
      .all();
    if (tables.length < 2) return undefined;
    const row = db.prepare('select max(version) as version from versions').get() as { version: number | null };
    return row.version ?? undefined;
  } catch (error) {
    throw new UserError('not_found', `Nothing was verified: ${path} cannot be read: ${messageOf(error)}.`);
  }
}
