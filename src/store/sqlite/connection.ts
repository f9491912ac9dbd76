import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Value } from '../sql.ts';

/** Statements on one connection of SQLite, which answers at once. Throws what SQLite throws. */
export interface Connection {
  all<Row>(text: string, params?: readonly Value[]): Row[];
  /** Reads row by row; a statement that is not read to its end has to be ended with `return()`. */
  iterate<Row>(text: string, params?: readonly Value[]): IterableIterator<Row>;
}

interface Prepared {
  readonly statement: StatementSync;
  /** Whether values are bound by their order. */
  readonly isInOrder: boolean;
}

/** Prepares each text once. */
export function connectionOf(db: DatabaseSync): Connection {
  const statements = new Map<string, Prepared>();
  const prepare = (text: string): Prepared => {
    const known = statements.get(text);
    if (known) return known;
    const inOrder = withoutNames(text);
    const made = { statement: readingAnyInteger(db.prepare(inOrder ?? text)), isInOrder: inOrder !== undefined };
    statements.set(text, made);
    return made;
  };
  return {
    all<Row>(text: string, params: readonly Value[] = []) {
      const { statement, isInOrder } = prepare(text);
      const rows = isInOrder ? statement.all(...params) : statement.all(named(params));
      return rows.map((row) => withNumbers<Row>(row));
    },
    // A statement of its own: one that is being read cannot be run again.
    iterate: <Row>(text: string, params: readonly Value[] = []) =>
      eachWithNumbers<Row>(readingAnyInteger(db.prepare(text)).iterate(named(params))),
  };
}

/** Runs `work`, which only reads, on the database as it is at its first look, whatever another process writes meanwhile. */
export function inOneView<T>(db: DatabaseSync, work: () => T): T {
  db.exec('begin');
  try {
    return work();
  } finally {
    if (db.isTransaction) db.exec('commit');
  }
}

/** The text with `?` for `$1`, `$2`…, which binds twice as fast; undefined where they are not in order, each once. */
function withoutNames(text: string): string | undefined {
  const names = text.match(/\$\d+/gu) ?? [];
  return names.every((name, index) => name === `$${index + 1}`) ? text.replaceAll(/\$\d+/gu, '?') : undefined;
}

function named(params: readonly Value[]): Record<string, Value> {
  return Object.fromEntries(params.map((value, index) => [`$${index + 1}`, value]));
}

/**
 * A statement whose rows may hold integers over 2^53, which only a stranger to this program writes. Read as numbers they
 * would make SQLite's binding throw, and hide every other row; here they are rounded, and so fit no signature.
 */
function readingAnyInteger(statement: StatementSync): StatementSync {
  statement.setReadBigInts(true);
  return statement;
}

function withNumbers<Row>(row: unknown): Row {
  const out = row as Record<string, unknown>;
  for (const [name, value] of Object.entries(out)) if (typeof value === 'bigint') out[name] = Number(value);
  return out as Row;
}

function* eachWithNumbers<Row>(rows: Iterable<unknown>): Generator<Row> {
  for (const row of rows) yield withNumbers<Row>(row);
}
