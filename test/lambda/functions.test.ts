import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { secure } from '../bed/secure-postgres.ts';
import { privateCa } from '../registry/private-ca.ts';
import { newJob } from '../store/new-job.ts';
import { lambdaScene } from './scene.ts';

const CONFIG = {
  slack: { team: 'T0FAIRLEAD', app: 'A0FAIRLEAD' },
  hosts: { 'web-1': { url: 'unix:///nowhere/engine.sock' } },
  roles: { viewer: { commands: ['ps', 'restart'] } },
  channels: { C0STAGING: { name: 'staging', grants: [{ role: 'viewer', hosts: 'all' }] } },
};
const MD5_PASSWORD = 'pg-md5-51c3';

/** A user whose password is stored, and asked for, as MD5. */
async function md5User(postgres: Postgres, url: string): Promise<string> {
  const user = 'by_md5';
  await postgres.ask(
    url,
    `set password_encryption = md5; create role ${user} superuser login password '${MD5_PASSWORD}'`,
  );
  // The first line that fits counts.
  await postgres.ask(url, `copy (select 1) to program 'sed -i "1i host all ${user} 127.0.0.1/32 md5" pg_hba.conf'`);
  await postgres.ask(url, 'select pg_reload_conf()');
  return user;
}
const ALL = { now: Date.now() + 10 ** 9, storedBefore: Date.now() + 10 ** 9 };
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

  it('say so where nothing can be handed over, and do nothing then', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { slack, functions, store } = scene;
    functions.queue.refuse(true);

    const answer = await slack.type({ ...DANA, text: '/ps' });
    expect(answer).toMatchObject({ ok: true, response: { text: expect.stringContaining('was not started') } });
    expect(await store.jobs.untaken(ALL)).toEqual([]);
  });

  it('carry out a job once: its message came though the answer was lost, and comes again', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { slack, functions, store } = scene;
    functions.queue.loseNextAnswer();

    await slack.type({ ...DANA, text: '/ps' });
    await slack.waitFor((message) => JSON.stringify(message).includes('web-1'));
    functions.queue.fifo.repeat();
    await functions.said('A job is taken or over');
    await functions.worker.idle();
    const records = await store.audit.search({ limit: 10 });
    expect(records.map(({ kind }) => kind)).toEqual(['outcome', 'decision']);
    expect(functions.queue.fifo.dead).toEqual([]);
  });

  it('find a job that no worker took, and one whose worker was cut off', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { slack, functions, store, env } = scene;
    await slack.type({ ...DANA, text: '/ps' });
    await slack.waitFor((message) => JSON.stringify(message).includes('web-1'));
    await functions.worker.idle();
    const at = Date.now() - 60_000;
    const task = (request: string, text: string) => ({
      kind: 'line',
      request,
      said: { text, person: DANA.person, channel: DANA.channel, team: 'T0FAIRLEAD', source: 'slash' },
      place: DANA,
      ackCarries: 'answer',
      saidWorking: false,
    });
    await store.jobs.add(newJob('J-LOST', task('J-LOST', '/ps'), at));
    await store.jobs.add(newJob('J-READ', task('J-READ', '/ps'), at));
    await store.jobs.add(newJob('J-CHANGE', task('J-CHANGE', '/restart shop'), at));
    for (const id of ['J-READ', 'J-CHANGE']) await store.jobs.take(id, 'dead', { now: at, until: at });
    // What was taken in time needs no confirmation to be taken again.
    await postgres.ask(
      env['DATABASE_URL'] ?? '',
      "update jobs set confirm_by = confirm_by - 61000 where id = 'J-READ'",
    );

    await functions.schedule.invoke({});
    await slack.waitFor((message) => message.text.includes('was interrupted'));
    await functions.worker.idle();
    const outcomes = (await store.audit.search({ limit: 20 })).filter(({ kind }) => kind === 'outcome');
    const detailOf = (id: string) => outcomes.filter(({ request }) => request === id);
    expect(detailOf('J-LOST')).toHaveLength(1);
    expect(detailOf('J-READ')).toHaveLength(1);
    expect(detailOf('J-READ')[0]?.detail ?? '').not.toContain('handed over');
    expect(detailOf('J-CHANGE')).toMatchObject([{ outcome: 'failed', reason: 'internal' }]);
    expect(await store.jobs.untaken(ALL)).toEqual([]);
  });

  it('tell a person whose request a front function took and did not answer, and leave those of others alone', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { functions, store, env, slack } = scene;
    const asked = (line: string) => ({ request: line, command: 'ps', line, ...DANA, away: false, replaces: false });
    for (const [line, owner] of Object.entries({ 'ps -f name=a': 'function-X/1', 'ps -f name=b': 'web-1/1' }))
      await store.deliveries.isFirst({ channel: 'C0STAGING', ts: line, at: Date.now() }, { owner, asked: asked(line) });
    await postgres.ask(env['DATABASE_URL'] ?? '', 'update deliveries set since = since - 61000');

    await functions.schedule.invoke({});
    await slack.waitFor(({ text }) => text.includes('before it started `/ps -f name=a`'));
    expect(await store.deliveries.unanswered()).toMatchObject([{ owner: 'web-1/1' }]);
  });

  it('start nothing of a request that Slack gave up on, also when its work goes on with the next one', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { slack, functions, store, env } = scene;
    await slack.type({ ...DANA, text: '/dock help' });
    const other = new pg.Client(env['DATABASE_URL']);
    await other.connect();
    await other.query('begin');
    await other.query('lock table jobs');

    expect(await slack.type({ ...DANA, text: '/ps -f name=first' })).toMatchObject({ ok: false });
    await functions.said('A request was not answered in time');
    await other.end();
    await slack.type({ ...DANA, text: '/ps -f name=second' });
    await slack.waitFor((message) => JSON.stringify(message).includes('web-1'));
    await functions.worker.idle();
    const outcomes = (await store.audit.search({ limit: 20 })).filter(({ kind }) => kind === 'outcome');
    expect(outcomes.filter(({ line }) => line?.includes('first'))).toEqual([]);
    expect(functions.queue.fifo.delivered).toHaveLength(1);
    // It is withdrawn while the function answers others.
    const left = async () => {
      await slack.type({ ...DANA, text: '/dock help' });
      return store.jobs.untaken(ALL);
    };
    await expect.poll(left).toEqual([]);
  });

  it('keep nobody waiting for what a front that gave up would be given while it stands still', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { slack, env } = scene;
    const url = env['DATABASE_URL'] ?? '';
    await slack.type({ ...DANA, text: '/dock help' });
    const other = new pg.Client(url);
    await other.connect();
    await other.query('begin');
    await other.query('lock table writing in exclusive mode');
    expect(await slack.type({ ...DANA, text: '/ps' })).toMatchObject({ ok: false });
    const waiting = "select count(*) from pg_locks where relation = 'writing'::regclass and not granted";
    expect(await postgres.ask(url, waiting)).toBe('1');

    await other.query('rollback');

    // Sooner than the server ends a transaction in which nothing happens.
    const held = "select count(*) from pg_locks where relation = 'writing'::regclass";
    await expect.poll(() => postgres.ask(url, held), { timeout: 5000 }).toBe('0');
    await other.end();
  });

  it('start nothing that a front stood still with before it was handed over, and all else however late it comes', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { slack, functions, store, env } = scene;
    // Of two requests one is handed over, and no worker gets its message in the time in which nobody need have confirmed it.
    functions.queue.fifo.stop();
    expect(await slack.type({ ...DANA, text: '/ps -f name=first' })).toMatchObject({ ok: true });
    const [first] = await store.jobs.untaken(ALL);
    functions.queue.refuse(true);
    const typed = slack.type({ ...DANA, text: '/ps -f name=second' });
    const second = await vi.waitUntil(async () => (await store.jobs.untaken(ALL))[1]);
    await functions.front.kill();
    expect(await typed).toMatchObject({ ok: false });
    await postgres.ask(env['DATABASE_URL'] ?? '', 'update jobs set confirm_by = confirm_by - 3000');

    await functions.worker.invoke({ job: second.id });
    await slack.waitFor(({ text, onlyFor }) => onlyFor === DANA.person && text.includes('was not started'));
    await functions.worker.invoke({ job: first?.id });
    const records = (await store.audit.search({ limit: 10 })).filter(({ kind }) => kind === 'outcome');
    expect(records).toMatchObject([
      { request: first?.id, line: expect.stringContaining('first') },
      { request: second.id, outcome: 'failed', detail: expect.stringContaining('handed over') },
    ]);
    expect(records[0]?.detail ?? '').not.toContain('handed over');
    expect(await store.jobs.untaken(ALL)).toEqual([]);
  });

  it.each(['MD5', 'SCRAM over TLS'])('reach a PostgreSQL that asks for the password by %s', async (how) => {
    const url = new URL(await postgres.url());
    using ca = privateCa('127.0.0.1');
    if (how === 'MD5') Object.assign(url, { username: await md5User(postgres, url.href), password: MD5_PASSWORD });
    else {
      await secure(postgres, url.href, ca);
      url.search = `sslmode=verify-full&sslrootcert=${ca.ca}`;
    }
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0, env: { DATABASE_URL: url.href } });
    await scene.slack.type({ ...DANA, text: '/ps' });
    await scene.slack.waitFor((message) => JSON.stringify(message).includes('web-1'));
    const isEncrypted =
      "select bool_and(ssl) from pg_stat_ssl join pg_stat_activity using (pid) where datname = current_database() and application_name like 'fairlead%'";
    expect(await postgres.ask(url.href, isEncrypted)).toBe(how === 'MD5' ? 'f' : 't');
  });

  it('give a message back with those behind it where one of several fails', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { functions, store } = scene;
    const ids = ['J-1', 'J-2', 'J-3'];
    for (const id of ids) await store.jobs.add(newJob(id, { kind: 'home', person: 'U0DEV1' }, Date.now()));
    const record = (messageId: string, body: object) => ({ messageId, body: JSON.stringify(body) });

    const answer = await functions.worker.invoke({
      Records: [record('M-1', { job: 'J-1' }), record('M-2', { nothing: 'known' }), record('M-3', { job: 'J-3' })],
    });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'M-2' }, { itemIdentifier: 'M-3' }] });
    expect((await store.jobs.untaken(ALL)).map(({ id }) => id)).toEqual(['J-2', 'J-3']);
  });

  it('leave a job alone whose message comes again while a worker has it', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { functions, store } = scene;
    await store.jobs.add(newJob('J-1', { kind: 'home', person: 'U0DEV1' }, Date.now()));
    const now = Date.now();
    const taken = await store.jobs.take('J-1', 'another', { now, until: now + 60_000 });

    // The queue's time for a message is shorter than the work on it.
    expect(await functions.worker.invoke({ Records: [{ messageId: 'M-1', body: '{"job":"J-1"}' }] })).toEqual({
      batchItemFailures: [],
    });
    expect(JSON.stringify(scene.slack.requests)).not.toContain('views.publish');
    if (taken) await store.jobs.end(taken);
    expect(await store.jobs.untaken(ALL)).toEqual([]);
  });

  it('believe no job that somebody else wrote or changed', async () => {
    await using scene = await lambdaScene(postgres, CONFIG, { scheduleMs: 0 });
    const { functions, store, env } = scene;
    await store.jobs.add(newJob('J-FORGED', { kind: 'home', person: 'U0DEV1' }, Date.now()));
    await postgres.ask(env['DATABASE_URL'] ?? '', "update jobs set at = at + 1 where id = 'J-FORGED'");

    await functions.worker.invoke({ job: 'J-FORGED' });
    expect(functions.log()).toContain('A job cannot be trusted or read');
    expect(JSON.stringify(scene.slack.requests)).not.toContain('views.publish');
  });
});
