import { afterAll, beforeAll, expect, it } from 'vitest';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { SECRET, startWebhook } from '../changes/servers/webhook.ts';
import { plan } from '../pictures/cards.ts';
import { question } from '../store/fixture.ts';
import { lambdaScene } from './scene.ts';

describeWithPostgres('change events of functions', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  it('are sent by the schedule, also after one that the receiver did not take', async () => {
    await using hook = await startWebhook();
    await using slow = await startWebhook();
    const to = (url: string) => ({ kind: 'webhook', url: `${url}/hook`, secret: SECRET });
    const config = {
      slack: { team: 'T0FAIRLEAD' },
      hosts: { 'other-1': { url: 'unix:///nowhere/engine.sock' } },
      changes: { receivers: { hook: to(hook.url), slow: to(slow.url) } },
    };
    await using scene = await lambdaScene(postgres, config, { scheduleMs: 0 });
    const { functions, store } = scene;
    slow.faults.push({ status: 503 });
    const at = Date.now();
    const { service } = plan;
    await store.approvals.create(
      question('A1', { plan, hash: hashOf(plan), service, requestedAt: at, expiresAt: at + 60_000 }),
    );
    await store.approvals.vote({ id: 'A1', person: 'U0OPS1', at });
    const hosts = plan.waves.flat();
    await store.deployments.start({ id: 'D1', approval: 'A1', hosts, by: 'U0OPS1', at, tell: ['hook', 'slow'] });

    // No host of the plan is in the config: the worker ends the deployment as refused.
    await functions.schedule.invoke({});
    await functions.worker.idle();
    await expect.poll(() => store.deployments.get('D1')).toMatchObject({ state: 'ended' });
    await expect
      .poll(
        async () => {
          await functions.schedule.invoke({});
          return store.changes.next();
        },
        { timeout: 15_000 },
      )
      .toEqual([]);

    const both = ['D1.deployment.started', 'D1.deployment.ended'];
    expect(hook.events.map(({ id }) => id)).toEqual(both);
    expect(slow.events.map(({ id }) => id)).toEqual(both);
    expect(hook.events[1]?.body.data).toMatchObject({ verdict: 'refused' });
  });
});
