import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { RECORD_KEY } from '../store/keys.ts';
import { postgresProxy } from '../store/postgres-proxy.ts';
import { launchFunctions } from './launch.ts';
import { clickOnNothing } from './warm-front.ts';

const SECRET = 'signing-7c1e';
const CONFIG = {
  slack: { team: 'T0FAIRLEAD' },
  hosts: { 'web-1': { url: 'unix:///nowhere/engine.sock' } },
  roles: { viewer: { commands: ['ps'] } },
  channels: { C0STAGING: { name: 'staging', grants: [{ role: 'viewer', hosts: 'all' }] } },
};
const PROVISIONED = { AWS_LAMBDA_INITIALIZATION_TYPE: 'provisioned-concurrency' };

describeWithPostgres('a front function with a new database', () => {
  let postgres: Postgres;
  let folder: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    folder = mkdtempSync(join(tmpdir(), 'fairlead-opening-'));
    writeFileSync(join(folder, 'fairlead.yml'), JSON.stringify(CONFIG));
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });
  async function launched(url: string, more: NodeJS.ProcessEnv = {}) {
    const functions = await launchFunctions(
      {
        PATH: process.env['PATH'],
        FAIRLEAD_CONFIG: join(folder, 'fairlead.yml'),
        DATABASE_URL: url,
        FAIRLEAD_RECORD_KEY: RECORD_KEY,
        SLACK_BOT_TOKEN: 'xoxb-none',
        SLACK_SIGNING_SECRET: SECRET,
        ...more,
      },
      { scheduleMs: 0 },
    );
    return { ...functions, [Symbol.asyncDispose]: () => functions.stop() };
  }

  it('that was started ahead of any event stands still only once that is open', async () => {
    const url = await postgres.url();
    await using functions = await launched(url, PROVISIONED);

    await functions.front.provision();

    expect(await postgres.ask(url, 'select count(*) > 0 from versions')).toBe('t');
    expect(await functions.front.invoke(clickOnNothing(SECRET))).toMatchObject({ statusCode: 200 });
  });

  it('that lost its connection while it opened that answers its first request', async () => {
    await using proxy = await postgresProxy(await postgres.url());
    await using functions = await launched(proxy.url);
    const cut = proxy.breakAt('advisory_xact_lock', 'cut');

    expect(await functions.front.invoke(clickOnNothing(SECRET))).toMatchObject({ statusCode: 200 });
    await cut;
  });
});
