import { afterAll, beforeAll } from 'vitest';
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
  await import('./approvals.test.ts');
  await import('./budgets.test.ts');
  await import('./counts.test.ts');
  await import('./deliveries.test.ts');
  await import('./jobs.test.ts');
  await import('./lease.test.ts');
  await import('./locks.test.ts');
  await import('./outbox.test.ts');
  await import('./scans.test.ts');
  await import('./unanswered.test.ts');
});
