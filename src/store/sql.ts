import { chmodSync, closeSync, fdatasync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { UserError } from '../errors.ts';
import { eachWithNumbers, readingAnyInteger, withNumbers } from './integers.ts';

/** How long a write waits for another process to be done with its own. */
export const WRITE_LOCK_MS = 15_000;
/** Most transactions of another process are over by then; waiting longer would hold up everything else here. */
const BRIEFLY_MS = 20;
const SQLITE_BUSY = 5;

const dataOnDisk = promisify(fdatasync);

export type Value = string | number | null;

/** The database, as narrow as it is used. Parameters are written `$1`, `$2`. */
export interface Sql {
  all<Row>(text: string, params?: readonly Value[]): Row[];
  /** Reads row by row, so that a long table costs no more memory than a short one. */
  each<Row>(text: string, params?: readonly Value[]): Iterable<Row>;
  /** Runs `work` in one transaction that holds the write lock from its start. */
  tx<T>(work: () => T): T;
  /**
   * The same, but neither the disk nor another process keeps this one waiting: it resolves once what `work` did is on disk,
   * and with `undefined`, having done nothing, when another process holds the write lock.
   */
  tryTxThenSync<T>(work: () => T): Promise<T | undefined>;
  /** Runs `work`, which only reads, on the database as it is at its first look, whatever others write meanwhile. */
  snapshot<T>(work: () => T): T;
  /** Copies the write-ahead log back into the database, as far as no reader needs it; what fails is left to a later copy. */
  copyBack(): void;
  close(): void;
}

/** The file of `file:./path`, or `:memory:`. Throws a `UserError` for an address that is neither. */
export function pathOf(url: string): string {
  if (/^postgres/u.test(url))
    throw new UserError(
      'not_configured',
      'DATABASE_URL names Postgres, which this version cannot use yet.',
      'Use file:./data/fairlead.db.',
    );
  return url.replace(/^file:/u, '');
}

/** Opens `file:./path` or `:memory:`. Every commit is on disk when it returns. */
export function openSql(url: string): Sql {
  const path = pathOf(url);
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite lets waiters try again in no order: under load one of them can be passed over many times.
  const db = new DatabaseSync(path, { timeout: WRITE_LOCK_MS });
  if (path !== ':memory:') chmodSync(path, 0o600);
  switchToWal(db);
  db.exec('pragma synchronous = full; pragma foreign_keys = on');
  // Copying the log back into the database makes whoever commits just then wait: seldom, and much of it, is better.
  db.exec('pragma wal_autocheckpoint = 8000');
  const statements = new Map<string, Prepared>();
  const prepare = (text: string): Prepared => {
    const known = statements.get(text);
    if (known) return known;
    const inOrder = withoutNames(text);
    const made = { statement: readingAnyInteger(db.prepare(inOrder ?? text)), isInOrder: inOrder !== undefined };
    statements.set(text, made);
    return made;
  };
  const wal = path === ':memory:' ? NOWHERE : openWal(`${path}-wal`);
  const within = <T>(begin: 'begin' | 'begin immediate', work: () => T): T => {
    db.exec(begin);
    try {
      const value = work();
      db.exec('commit');
      return value;
    } catch (error) {
      db.exec('rollback');
      throw error;
    }
  };
  const tx = <T>(work: () => T): T => within('begin immediate', work);
  return {
    all<Row>(text: string, params: readonly Value[] = []) {
      const { statement, isInOrder } = prepare(text);
      const rows = isInOrder ? statement.all(...params) : statement.all(named(params));
      return rows.map((row) => withNumbers<Row>(row));
    },
    each: <Row>(text: string, params: readonly Value[] = []) =>
      eachWithNumbers<Row>(readingAnyInteger(db.prepare(text)).iterate(named(params))),
    tx,
    snapshot: (work) => within('begin', work),
    async tryTxThenSync(work) {
      // Less than `full` leaves out one thing: the sync of the write-ahead log after each commit. That is done here, by
      // another thread, so that this one can go on.
      db.exec(`pragma synchronous = normal; pragma busy_timeout = ${BRIEFLY_MS}`);
      let value: ReturnType<typeof work>;
      try {
        value = tx(work);
      } catch (error) {
        if (isBusy(error)) return undefined;
        throw error;
      } finally {
        db.exec(`pragma synchronous = full; pragma busy_timeout = ${WRITE_LOCK_MS}`);
      }
      await wal.sync();
      return value;
    },
    copyBack() {
      try {
        db.exec('pragma wal_checkpoint(passive)');
      } catch {
        // The log has it all the same. SQLite says nothing either when a copy that it made by itself has failed.
      }
    },
    close() {
      leaveWal(db);
      db.close();
      wal.close();
    },
  };
}

interface Prepared {
  readonly statement: StatementSync;
  /** It takes values by their order. */
  readonly isInOrder: boolean;
}

/** The text with `?` for `$1`, `$2`…, which binds twice as fast; undefined where they are not in order, each once. */
function withoutNames(text: string): string | undefined {
  const names = text.match(/\$\d+/gu) ?? [];
  return names.every((name, index) => name === `$${index + 1}`) ? text.replaceAll(/\$\d+/gu, '?') : undefined;
}

function named(params: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(params.map((value, index) => [`$${index + 1}`, value]));
}

/** SQLite waits for nobody here, to keep two that switch at once from waiting for each other; the second finds it done. */
function switchToWal(db: DatabaseSync): void {
  const until = performance.now() + WRITE_LOCK_MS;
  for (;;) {
    try {
      db.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 20);
  }
}

/**
 * The last to close takes the file out of WAL mode: a file that is still in it and has no log beside it was copied while
 * somebody had it open. Others that have it open keep it in.
 */
function leaveWal(db: DatabaseSync): void {
  try {
    db.exec('pragma busy_timeout = 0; pragma journal_mode = delete');
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}

function isBusy(error: unknown): boolean {
  return (error as { errcode?: unknown }).errcode === SQLITE_BUSY;
}

interface Wal {
  sync(): Promise<void>;
  close(): void;
}

const NOWHERE: Wal = { sync: async () => {}, close() {} };

/** The write-ahead log. It is one file for as long as the database is open; SQLite keeps its locks in others. */
function openWal(path: string): Wal {
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
