import type { DatabaseSync } from 'node:sqlite';
import { withFaults } from './fault.ts';
import { eachWithNumbers, readingAnyInteger, withNumbers } from './integers.ts';

/** What a database is read with where nothing may be changed. */
export interface Reader {
  readonly path: string;
  all<Row>(text: string): Row[];
  each<Row>(text: string): Iterable<Row>;
  snapshot<T>(work: () => T): T;
}

export function readerOf(db: DatabaseSync, path: string): Reader {
  return {
    path,
    all: <Row>(text: string) =>
      withFaults(path, () =>
        readingAnyInteger(db.prepare(text))
          .all()
          .map((row) => withNumbers<Row>(row)),
      ),
    each: <Row>(text: string) => eachWithNumbers<Row>(readingAnyInteger(db.prepare(text)).iterate()),
    snapshot<T>(work: () => T): T {
      db.exec('begin');
      try {
        return work();
      } finally {
        if (db.isTransaction) db.exec('commit');
      }
    },
  };
}
