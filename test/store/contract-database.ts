import type { Queryable, Sql } from '../../src/store/sql.ts';

/** A kind of database, empty but for the table `notes (id text primary key, body text, rank bigint)`. */
export interface DatabaseKind {
  open(): Promise<TestDatabase>;
  /** Whether a second process, or another `Sql` in this one, can have the same database open. */
  readonly isShared: boolean;
}

export interface TestDatabase {
  readonly sql: Sql;
  /** The same database, open once more as by another process. */
  again(): Promise<Sql>;
  remove(): Promise<void>;
}

export const add = (on: Pick<Queryable, 'query'>, id: string, rank = 0) =>
  on.query('insert into notes (id, body, rank) values ($1, $2, $3)', [id, `body of ${id}`, rank]);
export const idsIn = async (on: Pick<Queryable, 'query'>) =>
  (await on.query<{ id: string }>('select id from notes order by id')).map(({ id }) => id);

/** A promise that others wait for, and what resolves it. */
export function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: promise, release: () => resolve() };
}

export async function first<Row>(rows: AsyncIterable<Row>): Promise<Row | undefined> {
  for await (const row of rows) return row;
  return undefined;
}
