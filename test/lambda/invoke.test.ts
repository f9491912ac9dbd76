import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { newJob } from '../store/new-job.ts';
import type { InvokeFault } from './invoke.ts';
import { type LambdaScene, type LambdaSceneOptions, lambdaScene } from './scene.ts';

const CONFIG = {
  slack: { team: 'T0FAIRLEAD', app: 'A0FAIRLEAD' },
  hosts: { 'web-1': { url: 'unix:///nowhere/engine.sock' } },
  roles: { viewer: { commands: ['ps'] } },
  channels: { C0STAGING: { name: 'staging', grants: [{ role: 'viewer', hosts: 'all' }] } },
};
const DANA = { person: 'U0DEV1', channel: 'C0STAGING' };
const NEVER_TAKEN = { now: Date.now() + 10 ** 9, storedBefore: Date.now() + 10 ** 9 };
const THROTTLED = { status: 429, type: 'TooManyRequestsException', message: 'Rate Exceeded.' };
const BROKEN = { status: 500, type: 'ServiceException', message: 'The service encountered an internal error.' };

/** As often as a request is sent. */
const EACH_TIME = 4;
const always = <T>(fault: T): readonly T[] => Array.from({ length: EACH_TIME }, () => fault);

const isAnswer = (message: object) => JSON.stringify(message).includes('web-1');
const outcomes = async ({ store }: LambdaScene) =>
  (await store.audit.search({ command: 'ps', limit: 20 })).filter(({ kind }) => kind === 'outcome').length;

describeWithPostgres('a worker that is invoked without a queue', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());
  const scene = (more: LambdaSceneOptions = { warm: true }) =>
    lambdaScene(postgres, CONFIG, { scheduleMs: 0, handOver: 'invoke', ...more });

  it('carries out a request once, however often its event comes and its answer is lost', async () => {
    await using it = await scene();
    const { slack, functions } = it;
    functions.invocations.faults.push('lost');

    await slack.type({ ...DANA, text: '/ps' });
    await slack.waitFor(isAnswer);
    functions.invocations.repeat();
    await functions.said('A job is taken or over', 2);
    await functions.worker.idle();

    expect(functions.invocations.taken).toHaveLength(2);
    expect(functions.queue.fifo.delivered).toEqual([]);
    expect(await outcomes(it)).toBe(1);
  });

  it.each<[string, InvokeFault]>([
    ['throttles', THROTTLED],
    ['fails', BROKEN],
  ])('starts a request where Lambda %s until the last attempt', async (_, fault) => {
    await using it = await scene();
    it.functions.invocations.faults.push(...always(fault).slice(1));

    expect(await it.slack.type({ ...DANA, text: '/ps' })).toMatchObject({ ok: true });
    await it.slack.waitFor(isAnswer);
    await it.functions.worker.idle();
    expect(await outcomes(it)).toBe(1);
  });

  it.each<[string, readonly InvokeFault[], string]>([
    ['throttles', always(THROTTLED), '429 TooManyRequestsException: Rate Exceeded.'],
    ['fails', always(BROKEN), '500 ServiceException: '],
    ['asks for a longer pause than Slack has time for', [{ ...THROTTLED, retryAfter: '5' }], '429 TooManyRequests'],
    ['does not answer', ['silent'], 'No answer from 127.0.0.1:'],
    ['refuses', [{ status: 403, type: 'AccessDeniedException', message: 'No.' }], '403 AccessDeniedException: No.'],
  ])('says in the acknowledgement that nothing was started where Lambda %s, and logs why', async (_, faults, why) => {
    await using it = await scene();
    const { slack, functions, store } = it;
    functions.invocations.faults.push(...faults);

    const answer = await slack.type({ ...DANA, text: '/ps' });
    expect(answer).toMatchObject({ ok: true, response: { text: expect.stringContaining('was not started') } });
    expect(functions.log()).toContain(why);
    expect(functions.invocations.taken).toEqual([]);
    expect(await store.jobs.untaken(NEVER_TAKEN)).toEqual([]);
  });

  it('answers before Slack gives up after a slow cold start, where no answer arrives from the worker', async () => {
    const slow = `data:text/javascript,${encodeURIComponent('while (performance.now() < 1500);')}`;
    await using it = await scene({ env: { NODE_OPTIONS: `--import=${slow}` } });
    it.functions.invocations.faults.push(...always('silent' as const));

    const { ok, response, error } = await it.slack.type({ ...DANA, text: '/ps' });

    // On a machine that is slower still, the front has no time left to say why.
    if (ok) expect(response).toMatchObject({ text: expect.stringContaining('was not started') });
    else expect(error).toBe('dispatch_failed');
  });

  it('either starts a request or says that it did not, where no answer arrives though the event was taken', async () => {
    await using it = await scene();
    const { slack, functions, store } = it;
    functions.invocations.faults.push(...always('lost' as const));

    const answer = await slack.type({ ...DANA, text: '/ps' });
    await functions.said('A job is taken or over');
    await functions.worker.idle();
    const isRefused = JSON.stringify(answer).includes('was not started');
    expect(await outcomes(it)).toBe(isRefused ? 0 : 1);
    expect(await store.jobs.untaken(NEVER_TAKEN)).toEqual([]);
  });

  it('gets a job that it never heard of from the schedule', async () => {
    await using it = await scene();
    const { slack, functions, store } = it;
    const said = { text: '/ps', person: DANA.person, channel: DANA.channel, team: 'T0FAIRLEAD', source: 'slash' };
    const task = { kind: 'line', request: 'J-LOST', said, place: DANA, ackCarries: 'answer', saidWorking: false };
    await store.jobs.add(newJob('J-LOST', task, Date.now() - 60_000));

    functions.invocations.faults.push(...always(THROTTLED));
    await functions.schedule.invoke({});
    expect(functions.log()).toContain('TooManyRequestsException');
    await functions.schedule.invoke({});
    await slack.waitFor(isAnswer);
    await functions.worker.idle();
    expect(await outcomes(it)).toBe(1);
  });
});
