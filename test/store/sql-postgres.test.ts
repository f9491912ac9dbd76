import { afterAll, beforeAll } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createSigner } from '../../src/store/signer.ts';
import type { Sql } from '../../src/store/sql.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { KEYS } from './keys.ts';
import { reusedDatabase } from './reused-database.ts';
import { describeDatabase } from './sql-contract.ts';

const TABLE = 'create table if not exists notes (id text primary key, body text, rank bigint)';

async function opened(url: string): Promise<Sql> {
  const { sql } = await openDatabase(url, KEYS.record, createSigner(KEYS.record));
  await sql.query(TABLE);
  return sql;
}

describeWithPostgres('PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  const kind = (way: 'url' | 'bouncer') => {
    const database = reusedDatabase(
      () => postgres,
      () => postgres[way](),
    );
    return {
      isShared: true,
      async open() {
        const url = await database();
        const sql = await opened(url);
        return { sql, again: () => opened(url), remove: () => sql.close().catch(() => {}) };
      },
    };
  };
  describeDatabase('PostgreSQL', kind('url'));
  describeDatabase('PostgreSQL through PgBouncer', kind('bouncer'));
});
