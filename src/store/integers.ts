import type { StatementSync } from 'node:sqlite';

/**
 * A statement whose rows may hold integers over 2^53, which only a stranger to this program writes. Read as numbers they
 * would make SQLite's binding throw, and hide every other row; here they are rounded, and so fit no signature.
 */
export function readingAnyInteger(statement: StatementSync): StatementSync {
  statement.setReadBigInts(true);
  return statement;
}

/** The row with its integers as numbers. */
export function withNumbers<Row>(row: unknown): Row {
  const out = row as Record<string, unknown>;
  for (const [name, value] of Object.entries(out)) if (typeof value === 'bigint') out[name] = Number(value);
  return out as Row;
}

/** Row by row, with integers as numbers. */
export function* eachWithNumbers<Row>(rows: Iterable<unknown>): Generator<Row> {
  for (const row of rows) yield withNumbers<Row>(row);
}
