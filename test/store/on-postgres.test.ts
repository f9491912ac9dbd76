import { afterAll, beforeAll, describe } from 'vitest';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { onDatabases } from './fixture.ts';
import { reusedDatabase } from './reused-database.ts';

// The store's tests again, on a real PostgreSQL.
describeWithPostgres('on PostgreSQL', async () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());
  onDatabases(reusedDatabase(() => postgres));
  // Each in a suite of its own: what a file does before each test it does before its own tests alone.
  for (const file of [
    'approvals',
    'budgets',
    'counts',
    'deliveries',
    'exec-grants',
    'jobs',
    'lease',
    'locks',
    'outbox',
    'put-back',
    'reopen',
    'scans',
    'unanswered',
  ])
    describe(file, () => import(`./${file}.test.ts`));
});
