import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { lambdaScene } from './scene.ts';

const CONFIG = {
  slack: { team: 'T0FAIRLEAD', app: 'A0FAIRLEAD' },
  hosts: { 'web-1': { url: 'unix:///nowhere/engine.sock' } },
  roles: { viewer: { commands: ['ps'] } },
  channels: { C0STAGING: { name: 'staging', grants: [{ role: 'viewer', hosts: 'all' }] } },
};
const DANA = { person: 'U0DEV1', channel: 'C0STAGING' };

describeWithPostgres('functions', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  it('answer a mistake in the acknowledgement, and hand over what takes a host', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { slack, functions, store } = scene;

    const mistake = await slack.type({ ...DANA, text: '/dock hepl' });
    expect(mistake).toMatchObject({ ok: true, response: { text: expect.stringContaining('help') } });
    expect(functions.queue.fifo.delivered).toEqual([]);

    await slack.type({ ...DANA, text: '/ps' });
    expect(await slack.waitFor((message) => JSON.stringify(message).includes('web-1'))).toBeDefined();
    await functions.worker.idle();
    const [message] = functions.queue.fifo.delivered;
    const { job } = JSON.parse(message?.body ?? '') as { job: string };
    expect(await store.jobs.take(job, 'another', { now: Date.now() + 10 ** 9, until: 0 })).toBeUndefined();
    const records = await store.audit.search({ limit: 10 });
    expect(records.filter(({ request }) => request === job).map(({ kind }) => kind)).toEqual(['outcome', 'decision']);
  });
});
