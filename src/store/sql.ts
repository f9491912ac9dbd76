import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../errors.ts';

export type Value = string | number | null;

/** The database, as narrow as it is used. Parameters are written `$1`, `$2`: SQLite takes them as names. */
export interface Sql {
  all<Row>(text: string, params?: readonly Value[]): Row[];
  /** Reads row by row, so that a long table costs no more memory than a short one. */
  each<Row>(text: string, params?: readonly Value[]): Iterable<Row>;
  /** Runs `work` in one transaction that holds the write lock from its start. */
  tx<T>(work: () => T): T;
  close(): void;
}

/** Opens `file:./path` or `:memory:`. Every commit is on disk when it returns. */
export function openSql(url: string): Sql {
  if (/^postgres/u.test(url))
    throw new UserError(
      'not_configured',
      'DATABASE_URL names Postgres, which this version cannot use yet.',
      'Use file:./data/fairlead.db.',
    );
  const path = url.replace(/^file:/u, '');
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(path, { timeout: 5000 });
  if (path !== ':memory:') chmodSync(path, 0o600);
  db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;');
  const statements = new Map<string, ReturnType<typeof db.prepare>>();
  const prepare = (text: string) => {
    const known = statements.get(text) ?? db.prepare(text);
    statements.set(text, known);
    return known;
  };
  const named = (params: readonly Value[]) =>
    Object.fromEntries(params.map((value, index) => [`$${index + 1}`, value]));
  return {
    all: <Row>(text: string, params: readonly Value[] = []) => prepare(text).all(named(params)) as Row[],
    each: <Row>(text: string, params: readonly Value[] = []) =>
      db.prepare(text).iterate(named(params)) as Iterable<Row>,
    tx(work) {
      db.exec('begin immediate');
      try {
        const value = work();
        db.exec('commit');
        return value;
      } catch (error) {
        db.exec('rollback');
        throw error;
      }
    },
    close: () => db.close(),
  };
}
