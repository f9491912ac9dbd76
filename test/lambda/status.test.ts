import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { newJob } from '../store/new-job.ts';
import { lambdaScene } from './scene.ts';

const CONFIG = {
  slack: { team: 'T0FAIRLEAD', app: 'A0FAIRLEAD' },
  hosts: { 'web-1': { url: 'unix:///nowhere/engine.sock' } },
  roles: { viewer: { commands: ['status'] } },
  channels: { C0STAGING: { name: 'staging', grants: [{ role: 'viewer', hosts: 'all' }] } },
};
const DANA = { person: 'U0DEV1', channel: 'C0STAGING' };
const MINUTE = 60_000;

describeWithPostgres('/dock status of functions', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  it('says when they were called, that the schedule has stopped, and that requests wait for the worker', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { slack, functions, store, env } = scene;
    const database = env['DATABASE_URL'] ?? '';
    const said = new Set<string>();
    const status = async () => {
      await slack.type({ ...DANA, text: '/dock status' });
      const answer = await slack.waitFor(({ ts, text }) => !said.has(ts) && !text.includes('Working on it'));
      said.add(answer.ts);
      return JSON.stringify(answer);
    };

    expect(await status()).toContain('The schedule function has not run within a day');

    await functions.schedule.invoke({});
    const well = await status();
    expect(well).toContain('The functions run; nothing waits');
    expect(well).toMatch(/Functions: schedule called [^·]+ · worker called /u);
    expect(well).toContain('Slack calls the front function');
    expect(well).not.toMatch(/replica/iu);

    await postgres.ask(database, `update replicas set seen_at = seen_at - ${10 * MINUTE} where machine = 'schedule'`);
    const task = { kind: 'home', person: 'U0DEV1' };
    await store.jobs.add(newJob('J-1', task, Date.now() - 2 * MINUTE));
    const late = await status();
    expect(late).toContain('The schedule function has not run for 10 min');
    expect(late).toContain('1 request waits for the worker function, the oldest for 2 min');
  });

  it('is not the only one to know: a front function that has been called before says so in its log', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { slack, functions, env } = scene;
    const late = 'The schedule function is not called';
    const typed = () => slack.type({ ...DANA, text: '/dock hepl' });
    await functions.schedule.invoke({});
    await typed();
    await typed();
    await typed();
    expect(functions.log()).not.toContain(late);

    await functions.front.kill();
    await postgres.ask(
      env['DATABASE_URL'] ?? '',
      `update replicas set seen_at = seen_at - ${10 * MINUTE} where machine = 'schedule'`,
    );
    await typed();
    await typed();
    await typed();
    await functions.said(late);
    expect(functions.log().split(late)).toHaveLength(2);
  });
});
