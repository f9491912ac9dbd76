import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectAhead } from '../../src/store/postgres/ahead.ts';
import { openStore } from '../../src/store/store.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { KEYS } from './keys.ts';

describeWithPostgres('a connection that is made ahead', () => {
  let postgres: Postgres;
  let url: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.url();
    await (await openStore(url, KEYS)).close();
  });
  afterAll(() => postgres.stop());

  it('is the one that the store uses', async () => {
    const ahead = connectAhead(Promise.resolve(url));
    const pids = () => postgres.ask(url, "select pid from pg_stat_activity where application_name like 'fairlead %'");
    await expect.poll(pids).toMatch(/^\d+$/u);
    const pid = await pids();
    const store = await openStore(url, KEYS, ahead);

    expect(await store.deployments.running()).toEqual([]);
    expect(await pids()).toBe(pid);
    expect(ahead.take()).toBeUndefined();
    await store.close();
  });

  it.each([
    ['without an address', () => Promise.reject(new Error('The secret cannot be read.'))],
    ['to no address', async () => ''],
    ['to a file', async () => 'file:./data/fairlead.db'],
  ])('and fails, %s, is not kept for the next attempt', async (_, address) => {
    const ahead = connectAhead(address());
    await nextTurn();

    await (await openStore(url, KEYS, ahead)).close();
  });
});
