import { DatabaseFault, damaged } from './fault.ts';
import type { Sql } from './sql.ts';

/**
 * Throws a `DatabaseFault` for a database with a damaged page or table, as SQLite names it. Reads the whole file: some 2 ms
 * per megabyte, which `integrity_check`, that compares indexes with their tables too, takes longer.
 */
export function mustBeSound(
  sql: Pick<Sql, 'all' | 'path'>,
  check: 'quick_check' | 'integrity_check' = 'quick_check',
): void {
  const [first] = sql
    .all<Record<string, string>>(`pragma ${check}(1)`)
    .flatMap((row) => Object.values(row))
    .filter((line) => line !== 'ok');
  if (first !== undefined) throw new DatabaseFault(sql.path, damaged(first));
}
