import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalSlack, startSlack } from '../../playground/server/index.ts';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { plan } from '../pictures/cards.ts';
import { question } from '../store/fixture.ts';
import { KEYS, RECORD_KEY } from '../store/keys.ts';
import { race } from '../store/processes.ts';
import { freePort } from './harness.ts';
import { type BotProcess, end, launch, READY } from './process.ts';

const DANA = 'U0DEV1';
const ID = '01JD0000000000000000000001';
/** A replica that says nothing for so long loses what it carries; the others look every two seconds. */
const LEASE_MS = 15_000;

const CONFIG = {
  slack: { team: 'T0FAIRLEAD', app: 'A0FAIRLEAD' },
  hosts: { 'other-1': { url: 'unix:///nowhere/engine.sock' } },
  roles: { viewer: { commands: ['status', 'deploy'] } },
  channels: { C0PROD: { grants: [{ role: 'viewer', hosts: 'all' }] } },
};

describeWithPostgres('replicas on one PostgreSQL', () => {
  let postgres: Postgres;
  let slack: LocalSlack;
  let url: string;
  let store: Store;
  let folder: string;
  const bots: { readonly process: BotProcess; readonly port: number }[] = [];

  const start = async (more: object = {}): Promise<{ readonly process: BotProcess; readonly port: number }> => {
    const port = await freePort();
    const file = join(folder, `fairlead-${port}.yml`);
    writeFileSync(file, JSON.stringify({ ...CONFIG, ...more }));
    const process = launch(
      {
        PATH: globalThis.process.env['PATH'],
        FAIRLEAD_CONFIG: file,
        DATABASE_URL: url,
        FAIRLEAD_RECORD_KEY: RECORD_KEY,
        SLACK_BOT_TOKEN: slack.tokens.bot,
        SLACK_API_URL: slack.apiUrl,
        SLACK_SIGNING_SECRET: slack.tokens.signingSecret,
        PORT: String(port),
      },
      [],
      'src/cli.ts',
    );
    await process.said(READY);
    const bot = { process, port };
    bots.push(bot);
    return bot;
  };
  /** Sends a slash command to one replica, as Slack or a load balancer does; resolves to its acknowledgement. */
  const say = async (port: number, text: string, trigger: string) => {
    const body = new URLSearchParams({
      command: '/dock',
      text,
      user_id: DANA,
      channel_id: 'C0PROD',
      team_id: 'T0FAIRLEAD',
      api_app_id: 'A0FAIRLEAD',
      trigger_id: trigger,
      response_url: `${slack.apiUrl}nowhere`,
    }).toString();
    const timestamp = Math.floor(Date.now() / 1000);
    const mac = createHmac('sha256', slack.tokens.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    const answer = await fetch(`http://127.0.0.1:${port}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': `v0=${mac}`,
      },
      body,
    });
    return { status: answer.status, text: await answer.text() };
  };
  const decisions = async (command: string) =>
    (await store.audit.search({ limit: 100 })).filter((one) => one.command === command && one.kind === 'decision');

  beforeAll(async () => {
    postgres = await startPostgres();
    slack = await startSlack({ rateLimits: false });
    url = await postgres.url();
    folder = mkdtempSync(join(tmpdir(), 'fairlead-replicas-'));
    await start();
    await start();
    store = await openStore(url, KEYS);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(bots.map(({ process }) => end(process, 'SIGKILL')));
    await store.close();
    await slack.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('run once what is delivered to both at the same moment, and acknowledge both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const acks = await Promise.all(bots.map(({ port }) => say(port, 'whoami', `trigger-${round}`)));
      expect(acks.map(({ status }) => status)).toEqual([200, 200]);
      expect(acks.filter(({ text }) => text !== '')).toHaveLength(1);
    }
    expect(await decisions('whoami')).toHaveLength(10);
  });

  it('count a budget together, and stop what another carries out', async () => {
    const settings = { commands: 20, perMs: 60_000 };
    const script = `for (let n = 0; n < 15; n += 1) tell((await store.budgets.spend('U1', ${JSON.stringify(settings)})).ok);`;
    const taken = (await race<boolean>(url, 3, script)).filter(Boolean).length;
    expect(taken).toBeGreaterThanOrEqual(20);
    expect(taken).toBeLessThanOrEqual(22);

    await store.ongoing.begin({ id: ID, person: DANA, owner: 'elsewhere', until: Date.now() + 60_000 });
    const [first] = bots;
    expect((await say(first?.port ?? 0, `unfollow ${ID}`, 'stop')).status).toBe(200);
    expect(await store.ongoing.stopped('elsewhere')).toEqual([{ id: ID, by: DANA }]);
    await store.ongoing.end(ID);
  });

  it('take over from a worker on another machine once its heartbeats end, and not before', async () => {
    const at = Date.now();
    await store.approvals.create(question('A1', { plan, hash: hashOf(plan), requestedAt: at, expiresAt: at + 60_000 }));
    const script = `import { openStore } from './src/store/store.ts';
      const store = await openStore(process.argv[1], ${JSON.stringify(KEYS)});
      await store.approvals.vote({ id: 'A1', person: 'U0OPS1', at: ${at} });
      await store.deployments.start({ id: 'D1', approval: 'A1', hosts: ${JSON.stringify(plan.waves.flat())}, by: 'U0OPS1', at: ${at} });
      for (;;) {
        const claimed = await store.deployments.claim('another-machine/1/01JD/boot', Date.now());
        if (claimed) {
          process.stdout.write('claimed');
          setInterval(() => store.deployments.heartbeat(claimed.lease, Date.now()), 1000);
          break;
        }
        if ((await store.deployments.get('D1')).owner) process.exit(3);
      }`;
    // A living worker would claim it first: they stand still until the other has it.
    for (const { process } of bots) process.child.kill('SIGSTOP');
    const worker = spawn(process.execPath, ['--input-type=module', '-e', script, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(worker.stdout, 'data');
    for (const { process } of bots) process.child.kill('SIGCONT');
    // Longer than two looks of the others.
    await once(worker, 'exit', { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    expect(await store.deployments.get('D1')).toMatchObject({ owner: 'another-machine/1/01JD/boot', attempt: 1 });
    worker.kill('SIGKILL');
    const since = performance.now();

    await expect
      .poll(() => store.deployments.get('D1'), { timeout: 40_000, interval: 200 })
      .toMatchObject({ state: 'ended', attempt: 2 });
    expect(performance.now() - since).toBeGreaterThan(LEASE_MS - 3000);
    const taken = bots.filter(({ process }) => process.log().includes('"deployment":"D1"'));
    expect(taken.length).toBeGreaterThan(0);
  }, 60_000);

  it('are seen in /dock status: alive, with another config, and silent after a kill', async () => {
    const [first] = bots;
    const port = first?.port ?? 0;
    const verdict = async (trigger: string) => {
      const { text } = JSON.parse((await say(port, 'status', trigger)).text) as { text: string };
      return text;
    };
    expect(await verdict('status-1')).toMatch(/^All \d replicas are alive; /u);

    const third = await start({ budget: { commands: 77, per: '1m' } });
    await expect.poll(() => third.process.log()).toContain('Two replicas have different configs');
    expect(await verdict('status-2')).toContain('different configs');
    await end(third.process, 'SIGTERM');
    expect(await verdict('status-3')).toMatch(/^All \d replicas are alive; /u);

    const second = bots[1]?.process;
    if (second) await end(second, 'SIGKILL');
    expect(await verdict('status-4')).toMatch(/of \d replicas (?:is|are) silent/u);
  }, 30_000);
});
