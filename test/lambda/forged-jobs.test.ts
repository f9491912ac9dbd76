import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { startSlack } from '../../playground/server/index.ts';
import { openAdmission } from '../../src/admission.ts';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import { carryOutJob } from '../../src/entry/lambda/job.ts';
import { openOn } from '../../src/entry/lambda/opened.ts';
import { createTime } from '../../src/entry/lambda/time.ts';
import { SIGNED_TABLES } from '../../src/store/signed.ts';
import { createLog } from '../../src/telemetry.ts';
import { fakeEngine, json } from '../docker/fake-engine.ts';
import { RECORD_KEY } from '../store/keys.ts';
import { newJob } from '../store/new-job.ts';

/*
 * Real: the store and its file, the worker function, policy, config, Slack's Web API. The engine remembers what it is asked:
 * a job has begun when it was asked at all.
 */

type Value = string | number | null;

async function worker(routes: Parameters<typeof fakeEngine>[0] = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-jobs-'));
  const file = join(folder, 'test.db');
  const engine = await fakeEngine({ 'GET /images/json': json([]), 'GET /containers/json': json([]), ...routes });
  const slack = await startSlack({ rateLimits: false });
  const config = {
    slack: { team: 'T0FAIRLEAD' },
    hosts: { 'web-1': { url: `unix://${engine.socketPath}` } },
    roles: { viewer: { commands: ['images', 'stop'] } },
    channels: { C0PROD: { grants: [{ role: 'viewer', hosts: 'all' }] } },
    adopt: [{ containers: ['*'], hosts: 'all' }],
    budget: { commands: 10_000, per: '1m' },
  };
  const parsed = parseConfig(JSON.stringify(config), 'test.yml', {});
  const env = loadEnvironment({
    DATABASE_URL: `file:${file}`,
    FAIRLEAD_RECORD_KEY: RECORD_KEY,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_API_URL: slack.apiUrl,
  });
  const time = createTime();
  const end = time.begin({ getRemainingTimeInMillis: () => 600_000 });
  const admission = await openAdmission(parsed, env);
  const { listening } = openOn(admission, { config: parsed, env, log: createLog('silent') }, { time });
  const { store } = admission;
  const db = new DatabaseSync(file);
  const place = { person: 'U0DEV1', channel: 'C0PROD' };
  const said = { ...place, team: 'T0FAIRLEAD', source: 'slash' };
  return {
    db,
    engine,
    slack,
    store,
    add: (id: string, at = Date.now(), text = '/images') =>
      store.jobs.add(
        newJob(
          id,
          { kind: 'line', request: id, said: { ...said, text }, place, ackCarries: 'nothing', saidWorking: false },
          at,
        ),
      ),
    carryOut: (job: string, again?: true) => carryOutJob({ job, again }, listening, time),
    async [Symbol.asyncDispose]() {
      end();
      db.close();
      await store.close();
      await slack.stop();
      await engine[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

it('a job is carried out as it was stored, and not once a column of its row is changed in the database', async () => {
  await using it = await worker();
  const { db, engine, store, add, carryOut } = it;
  const asked = () => engine.asked.filter(({ line }) => !line.endsWith('/version')).length;
  await add('J1');
  await carryOut('J1');
  const once = asked();
  expect(once).toBeGreaterThan(0);

  const columns = [...SIGNED_TABLES.jobs.columns.filter((column) => column !== 'id'), 'mac'];
  const values: Value[] = [null, 0, 1, '', 'taken', 'waiting', 'P9', Date.now() - 5000, 'a'.repeat(64)];
  let changed = 0;
  for (const column of columns) {
    for (const value of [...values, 'of another'] as const) {
      changed += 1;
      const [mine, other] = [`M${changed}`, `O${changed}`];
      await add(mine);
      await add(other, Date.now() - 1000);
      try {
        const set = value === 'of another' ? `(select ${column} from jobs where id = '${other}')` : '?';
        const given = value === 'of another' ? [] : [value];
        const { changes } = db
          .prepare(`update jobs set ${column} = ${set} where id = ? and ${column} is not ${set}`)
          .run(...given, mine, ...given);
        if (changes === 0) continue;
      } catch (error) {
        // The database itself refuses some: nothing where there must be something.
        if (!String(error).includes('constraint failed')) throw error;
        continue;
      }
      await carryOut(mine);
      expect([column, value, asked()]).toEqual([column, value, once]);
      expect((await store.verify()).ok).toBe(false);
      db.exec(`delete from jobs where id = '${mine}'`);
    }
  }
  expect(changed).toBeGreaterThan(60);
  expect((await store.verify()).ok).toBe(true);
}, 60_000);

it('a change whose row is put back as it was before it ended is not carried out again, and its person hears why', async () => {
  await using it = await worker();
  const { db, engine, store, slack, add, carryOut } = it;
  await add('J1', Date.now(), '/dock stop shop');
  const row = db.prepare("select * from jobs where id = 'J1'").get() as Record<string, Value>;
  await carryOut('J1');
  const once = engine.asked.length;
  expect(once).toBeGreaterThan(1);
  const set = Object.keys(row).map((column) => `${column} = ?`);
  db.prepare(`update jobs set ${set.join(', ')}`).run(...Object.values(row));

  await carryOut('J1');

  expect(engine.asked.length).toBe(once);
  expect(JSON.stringify(slack.requests.at(-1)?.body)).toContain('put back in the database');
  const [event] = await store.audit.search({ limit: 1 });
  expect(event).toMatchObject({ kind: 'event', request: 'J1', outcome: 'refused', reason: 'untrusted_record' });
});

it('a change whose row is put back while it is under way is not carried out beside itself', async () => {
  const asked = Promise.withResolvers<() => void>();
  await using it = await worker({
    'GET /containers/json': (response, request) => asked.resolve(() => json([])(response, request)),
  });
  const { db, engine, store, add, carryOut } = it;
  await add('J1', Date.now(), '/dock stop shop');
  await store.jobs.confirm('J1');
  const row = db.prepare("select * from jobs where id = 'J1'").get() as Record<string, Value>;
  const running = carryOut('J1');
  const answer = await asked.promise;
  const once = engine.asked.length;
  const set = Object.keys(row).map((column) => `${column} = ?`);
  db.prepare(`update jobs set ${set.join(', ')}`).run(...Object.values(row));

  // The schedule finds it waiting.
  await carryOut('J1', true);

  expect(engine.asked.length).toBe(once);
  answer();
  await running;
  expect(await store.jobs.untaken({ now: Date.now(), storedBefore: Date.now() })).toEqual([]);
  const ended = engine.asked.length;
  await carryOut('J1');
  expect(engine.asked.length).toBe(ended);
  const outcomes = (await store.audit.search({ limit: 9 })).filter(({ kind }) => kind === 'outcome');
  expect(outcomes).toHaveLength(1);
});
