import type { DatabaseSync } from 'node:sqlite';
import { DatabaseFault } from '../fault.ts';
import { damaged } from './faults.ts';

/**
 * Throws a `DatabaseFault` for a database with a damaged page or table, as SQLite names it. Reads the whole file: some 2 ms
 * per megabyte; `thoroughly`, which compares indexes with their tables too, takes longer.
 */
export function mustBeSound(db: DatabaseSync, path: string, thoroughly = false): void {
  const [first] = db
    .prepare(`pragma ${thoroughly ? 'integrity_check' : 'quick_check'}(1)`)
    .all()
    .flatMap((row) => Object.values(row))
    .filter((line) => line !== 'ok');
  if (first !== undefined) throw new DatabaseFault(path, damaged(`${first}`));
}
