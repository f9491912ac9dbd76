/** What a parameter may be, and what a column holds. */
export type Value = string | number | null;

/**
 * Statements on one view of the database. Parameters are written `$1`, `$2`…; the SQL is what SQLite and Postgres have in
 * common: columns of `text` and `bigint`, JSON as text, times as parameters.
 */
export interface Queryable {
  /** Runs one statement, and resolves to the rows it selects or returns. */
  query<Row>(text: string, params?: readonly Value[]): Promise<Row[]>;
  /** Reads row by row, so that a long table costs no more memory than a short one. */
  each<Row>(text: string, params?: readonly Value[]): AsyncIterable<Row>;
}

/** A database that is read. Each statement on its own sees all that was committed before it began. */
export interface ReadableSql extends Queryable {
  /** Runs `work`, which only reads, on the database as it is at its first statement, whatever others write meanwhile. */
  snapshot<T>(work: (view: Queryable) => Promise<T>): Promise<T>;
}

/**
 * What is sure to outlast what, once a statement has resolved: it is on disk, unless `process` says that it need only outlast
 * this process, and may be lost with the machine's power.
 */
export type Lasting = 'disk' | 'process';

/**
 * The database, as narrow as it is used. A statement on its own is a transaction of its own, on disk when it resolves; one
 * that reads does not wait for those that write. Rejects with `DatabaseFault`s.
 *
 * While `work` of a transaction or a snapshot runs, its statements go through the handle it is given. The handle is an
 * error once `work` has settled, and so is any method of this interface that `work` calls: it would wait for itself, or
 * miss what the transaction has written.
 */
export interface Sql extends ReadableSql {
  /**
   * Runs `work` in one transaction, which is on disk when this resolves. Transactions run one after another, over all
   * processes: nothing that `work` reads changes before it has committed. When `work` rejects, nothing was done.
   */
  tx<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** The same, but nothing else of this process waits while the disk is synced. What was committed may be read before that. */
  commitDurably<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /**
   * Runs one statement that writes a row by its own condition, and reads nothing else: it waits for others that write the same
   * row, sees what they wrote, and is never refused because of them. For counters that many processes change at once; what a
   * transaction reads is written by `query` or a transaction.
   */
  atomic<Row>(text: string, params?: readonly Value[], lasting?: Lasting): Promise<Row[]>;
  close(): Promise<void>;
}
