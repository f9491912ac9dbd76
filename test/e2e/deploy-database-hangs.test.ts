import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { describeWithEngine } from '../bed/bed.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { KEYS } from '../store/keys.ts';
import { postgresProxy } from '../store/postgres-proxy.ts';
import { ask, deployed, OPS, running, says, story } from './story.ts';

describeWithPostgres('a PostgreSQL that hangs', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres.stop());

  describeWithEngine('while a rollout has stopped the old version', { timeout: 180_000 }, () => {
    it('leaves no host without one: it is restored meanwhile, and the card says why once it can', async () => {
      const url = await postgres.url();
      await using proxy = await postgresProxy(url);
      await using it = await story({ env: { DATABASE_URL: proxy.url } });
      await deployed(it, '1.0.0');
      const store = await openStore(url, KEYS);
      try {
        // On one host: a second one would go on after the database is back, if it had stopped nothing yet.
        await ask(it.slack, `/deploy ${it.service} 1.1.0 --on web-1`);
        const card = await it.slack.waitFor(says('asks to deploy', '1.1.0', 'Approve'), OPS);
        await it.slack.click({ person: 'U0OPS1', message: card, label: 'Approve' });
        const serving = async () => (await running(it.service))[0];
        await expect.poll(serving, { timeout: 20_000, interval: 2 }).not.toBe('1.0.0');
        proxy.hangs = true;

        await expect.poll(serving, { timeout: 20_000 }).toBe('1.0.0');
        expect((await store.deployments.running()).map(({ verdict }) => verdict)).toEqual([undefined]);

        proxy.hangs = false;
        proxy.failOver(url);
        const isOver = (message: { readonly ts: string; readonly text: string }) =>
          message.ts === card.ts && !message.text.includes('eploying') && !message.text.includes('Restoring');
        const ended = await it.slack.waitFor(isOver, { ...OPS, timeoutMs: 60_000 });
        expect(JSON.stringify(ended.blocks)).toMatch(/the database has not answered|Fairlead failed/u);
        expect(await running(it.service)).toEqual(['1.0.0', '1.0.0']);
      } finally {
        await store.close();
      }
    });
  });
});
