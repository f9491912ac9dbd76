import { closeSync, fdatasync, openSync } from 'node:fs';
import type { StatementSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { asFault, isBusy, withFaults } from './fault.ts';
import { eachWithNumbers, readingAnyInteger, withNumbers } from './integers.ts';
import { pathOf } from './location.ts';
import { type Origin, openDatabase, WRITE_LOCK_MS } from './open.ts';
import { IN_MEMORY, placeOf } from './place.ts';
import type { Reader } from './reader.ts';

/** Most transactions of another process are over by then; waiting longer would hold up everything else here. */
const BRIEFLY_MS = 20;

const dataOnDisk = promisify(fdatasync);

export type Value = string | number | null;

/** The database, as narrow as it is used. Parameters are written `$1`, `$2`. */
export interface Sql {
  readonly path: string;
  readonly origin: Origin;
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

/** Opens `file:./path` or `:memory:`. Every commit is on disk when it returns. Throws `DatabaseFault`s, as all its methods do. */
export function openSql(url: string, check?: (reader: Reader) => void): Sql {
  const path = pathOf(url);
  const { db, origin, close } = openDatabase(path, check);
  const place = path === ':memory:' ? IN_MEMORY : placeOf(path);
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
      // A full disk has made SQLite end the transaction already.
      if (db.isTransaction) db.exec('rollback');
      throw error;
    }
  };
  const tx = <T>(work: () => T): T => {
    place.mustBeSame();
    return within('begin immediate', work);
  };
  return {
    path,
    origin,
    all: <Row>(text: string, params: readonly Value[] = []) =>
      withFaults(path, () => {
        const { statement, isInOrder } = prepare(text);
        const rows = isInOrder ? statement.all(...params) : statement.all(named(params));
        return rows.map((row) => withNumbers<Row>(row));
      }),
    *each<Row>(text: string, params: readonly Value[] = []) {
      try {
        yield* eachWithNumbers<Row>(readingAnyInteger(db.prepare(text)).iterate(named(params)));
      } catch (error) {
        throw asFault(error, path);
      }
    },
    tx: (work) => withFaults(path, () => tx(work)),
    snapshot: (work) => withFaults(path, () => within('begin', work)),
    async tryTxThenSync(work) {
      // Less than `full` leaves out one thing: the sync of the write-ahead log after each commit. That is done here, by
      // another thread, so that this one can go on.
      db.exec(`pragma synchronous = normal; pragma busy_timeout = ${BRIEFLY_MS}`);
      let value: ReturnType<typeof work>;
      try {
        value = tx(work);
      } catch (error) {
        if (isBusy(error)) return undefined;
        throw asFault(error, path);
      } finally {
        db.exec(`pragma synchronous = full; pragma busy_timeout = ${WRITE_LOCK_MS}`);
      }
      await wal.sync().catch((error) => {
        throw asFault(error, path);
      });
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
      close();
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
