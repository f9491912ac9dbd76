import { statementPace } from '../../paced/pace.ts';
import { createOwnHandle } from '../own-handle.ts';
import type { Lasting, Sql, Value } from '../sql.ts';
import { asFault, withFaults } from './faults.ts';
import { createHandle, type Handle } from './handle.ts';
import type { Opened } from './open.ts';
import { IN_MEMORY, placeOf } from './place.ts';
import { openReader } from './reader.ts';
import { createSharedCommit } from './shared-commit.ts';
import { NO_WAL, openWal } from './wal.ts';
import { createWriter } from './writer.ts';

export interface SqliteSql extends Sql {
  readonly path: string;
  /** Copies the write-ahead log back into the database, as far as no reader needs it. Failures are left to a later copy. */
  copyBack(): void;
}

/** Statements that read. All others go to the connection that writes. */
const READS = /^\s*select\b/u;

/** The interface over an open database: one connection that writes, and for a file others that read. */
export function createSql({ path, db, close }: Opened): SqliteSql {
  const isFile = path !== ':memory:';
  const place = isFile ? placeOf(path) : IN_MEMORY;
  const wal = isFile ? openWal(`${path}-wal`) : NO_WAL;
  const writer = createWriter(db, path, place);
  // A database in memory has one connection: its reads wait for its transactions.
  const reader = isFile ? openReader(path) : undefined;
  // SQLite opens the write-ahead log with the first look, and it is the right one now.
  withFaults(path, () => reader?.connection.all('select 1 as one from sqlite_schema limit 1'));
  const reading = new Set<Promise<unknown>>();
  const { mustBeOutside, inside } = createOwnHandle<Handle>();
  /** Each snapshot has a connection of its own: all reads under way on one connection share one view. */
  const view = async <T>(work: (handle: Handle) => Promise<T>): Promise<T> => {
    if (!isFile) return writer.view(work);
    place.mustBeSame();
    const own = openReader(path);
    const viewing = own.view(work).finally(own.close);
    reading.add(viewing);
    return viewing.finally(() => reading.delete(viewing));
  };
  /** The disk is synced on another thread. */
  const sync = () =>
    wal.sync().catch((error) => {
      throw asFault(error, path);
    });
  const transaction = <T>(work: (handle: Handle) => Promise<T>) => writer.transaction('normal', work);
  const shared = createSharedCommit({ transaction, sync });
  return {
    path,
    async query<Row>(text: string, params?: readonly Value[]) {
      mustBeOutside();
      // SQLite answers at once: without a pause, what asks a hundred times would be one turn of the event loop.
      const rows =
        reader && READS.test(text)
          ? withFaults(path, () => reader.connection.all<Row>(text, params))
          : await writer.once((connection) => connection.all<Row>(text, params));
      await statementPace();
      return rows;
    },
    // There is one writer: a statement is never refused because of another.
    async atomic<Row>(text: string, params?: readonly Value[], lasting?: Lasting) {
      mustBeOutside();
      return shared.run<Row>(text, params, lasting);
    },
    async *each<Row>(text: string, params?: readonly Value[]) {
      mustBeOutside();
      if (!reader) {
        yield* await writer.once((connection) => connection.all<Row>(text, params));
        return;
      }
      const own = openReader(path);
      const handle = createHandle(own.connection, path);
      try {
        yield* handle.each<Row>(text, params);
      } finally {
        handle.end();
        own.close();
      }
    },
    async tx(work) {
      mustBeOutside();
      return writer.transaction('full', inside(work));
    },
    async commitDurably(work) {
      mustBeOutside();
      const value = await transaction(inside(work));
      await sync();
      return value;
    },
    async snapshot(work) {
      mustBeOutside();
      return view(inside(work));
    },
    copyBack() {
      try {
        db.exec('pragma wal_checkpoint(passive)');
      } catch {
        // The log has it all the same. SQLite says nothing either when a copy that it made by itself has failed.
      }
    },
    async close() {
      mustBeOutside();
      await Promise.allSettled([shared.idle(), ...reading]);
      await writer.close(() => {
        reader?.close();
        close();
        wal.close();
      });
    },
  };
}
