import { DatabaseFault, damaged } from './fault.ts';
import type { Sql } from './sql.ts';

/** What is wrong with pages and tables, as SQLite names it: the first five; empty when all is well. Reads the whole file. */
export function damageOf(sql: Pick<Sql, 'all'>, check: 'quick_check' | 'integrity_check'): string[] {
  return sql
    .all<Record<string, string>>(`pragma ${check}(5)`)
    .flatMap((row) => Object.values(row))
    .filter((line) => line !== 'ok');
}

/** Throws a `DatabaseFault` for a database with a damaged page or table. */
export function mustBeSound(sql: Pick<Sql, 'all' | 'path'>): void {
  const [first] = damageOf(sql, 'quick_check');
  if (first !== undefined) throw new DatabaseFault(sql.path, damaged(first));
}
