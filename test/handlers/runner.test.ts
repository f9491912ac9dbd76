import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, it, onTestFinished, vi } from 'vitest';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import { openCore } from '../../src/core.ts';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import type { Board, PeopleReader } from '../../src/handlers/deps.ts';
import { createLog } from '../../src/telemetry.ts';
import { isGone, ownerName } from '../../src/worker/deployments/owner.ts';
import { plan } from '../pictures/cards.ts';
import { question } from '../store/fixture.ts';
import { RECORD_KEY } from '../store/keys.ts';

/** A bot without Slack, of which the config no longer has any host of the plan, unless others are named. */
async function openBot(people: Partial<PeopleReader> = {}, hosts: readonly string[] = ['other-1']) {
  const urls = Object.fromEntries(hosts.map((host) => [host, { url: 'unix:///nowhere' }]));
  const config = parseConfig(
    JSON.stringify({
      slack: { team: 'T0TEAM' },
      hosts: urls,
      roles: { releaser: { commands: ['deploy'] } },
      channels: { C0PROD: { grants: [{ role: 'releaser', hosts: 'all' }] } },
      groups: { oncall: { usergroup: 'S0ONCALL' } },
      approvals: [{ commands: ['deploy'], hosts: 'all', from: ['oncall'] }],
    }),
    'test.yml',
    {},
  );
  const core = await openCore(
    config,
    loadEnvironment({ DATABASE_URL: ':memory:', FAIRLEAD_RECORD_KEY: RECORD_KEY }),
    createLog('silent'),
  );
  const nobody = {
    membership: async () => ({ groups: new Set<string>(), unreadable: new Set<string>() }),
    members: async () => undefined,
    channels: async () => undefined,
  };
  const quiet: Board = { async post() {}, changed() {} };
  const deps = core.deps({ ...nobody, ...people }, quiet);
  onTestFinished(async () => {
    await deps.runner.stop();
    await core.close();
  });
  const { runner, store } = deps;
  const { deployments } = store;
  const approved = async (id: string, service = 'shop') => {
    const at = Date.now();
    const mine = { ...plan, service };
    await store.approvals.create(
      question(id, { plan: mine, hash: hashOf(mine), service, requestedAt: at, expiresAt: at + 60_000 }),
    );
    await store.approvals.vote({ id, person: 'U0OPS1', at });
    await deployments.start({ id: `D-${id}`, approval: id, hosts: plan.waves.flat(), by: 'U0OPS1', at });
  };
  return {
    runner,
    store,
    approved,
    /** Approved, and another process was done with the first wave. Resolves to its lease, which it let go of. */
    async betweenWaves(id: string) {
      await approved(id);
      const at = Date.now();
      const { lease } = (await deployments.claim('P1', at)) ?? {};
      if (!lease) throw new Error('nothing to claim');
      const detail = { verdict: 'deployed', phase: 'retain', why: '', tryThis: '', ms: 1 };
      await deployments.hostVerdict(lease, { host: 'web-2', verdict: 'deployed', detail, at });
      await deployments.requestWave(lease, { wave: 1, at, until: at + 60_000, remindEvery: 60_000 });
      await deployments.release(lease);
      return lease;
    },
    ended: (id: string) => expect.poll(() => store.deployments.get(`D-${id}`)).toMatchObject({ state: 'ended' }),
    async whys(id: string) {
      const hosts = await store.deployments.hosts(`D-${id}`);
      return hosts.map(({ verdict, detail }) => `${verdict}: ${(detail as { why: string }).why}`);
    },
  };
}

it('a host that left the config since the plan is a reason not to begin, and not one to begin again and again', async () => {
  const bot = await openBot();
  await bot.approved('A1');

  bot.runner.start();

  await bot.ended('A1');
  for (const why of await bot.whys('A1')) expect(why).toMatch(/^skipped: .*web-2, web-1 are no longer in the config/u);
  expect(await bot.store.deployments.get('D-A1')).toMatchObject({ attempt: 1, verdict: 'refused' });
});

it('what was aborted before it was claimed is not begun', async () => {
  const bot = await openBot();
  await bot.approved('A1');
  await bot.store.deployments.requestAbort('D-A1', 'U0OPS1', Date.now());

  bot.runner.start();

  await bot.ended('A1');
  for (const why of await bot.whys('A1')) expect(why).toMatch(/^skipped: .*aborted/u);
});

it('a host whose turn never came says that a person aborted, also after a restart', async () => {
  const bot = await openBot();
  await bot.approved('A1');
  const { lease } = (await bot.store.deployments.claim('P1', Date.now())) ?? {};
  if (!lease) throw new Error('nothing to claim');
  const detail = { verdict: 'deployed', phase: 'retain', why: '', tryThis: '', ms: 1 };
  await bot.store.deployments.hostVerdict(lease, { host: 'web-2', verdict: 'deployed', detail, at: Date.now() });
  await bot.store.deployments.requestAbort('D-A1', 'U0OPS1', Date.now());
  await bot.store.deployments.release(lease);

  bot.runner.start();

  await bot.ended('A1');
  expect((await bot.whys('A1'))[1]).toMatch(/^skipped: .*aborted.* Still on 1\.3\.2\.$/u);
});

it('a host whose turn never came says which host failed, and what it stays on', async () => {
  const bot = await openBot();
  await bot.approved('A1');
  const { lease } = (await bot.store.deployments.claim('P1', Date.now())) ?? {};
  if (!lease) throw new Error('nothing to claim');
  const detail = { verdict: 'rolled_back', phase: 'roll-back', why: 'unhealthy', tryThis: '', ms: 1 };
  await bot.store.deployments.hostVerdict(lease, { host: 'web-2', verdict: 'rolled_back', detail, at: Date.now() });
  const at = Date.now();
  await bot.store.deployments.requestWave(lease, { wave: 1, at, until: at + 60_000, remindEvery: 60_000 });
  await bot.store.deployments.release(lease);

  bot.runner.start();

  await bot.ended('A1');
  expect(await bot.whys('A1')).toEqual([
    'rolled_back: unhealthy',
    expect.stringMatching(/^skipped: .*after web-2 failed\. Still on 1\.3\.2\.$/u),
  ]);
});

it('a reminder that Slack keeps waiting holds up neither what is approved nor the end of the process', async () => {
  const asked = Promise.withResolvers<void>();
  const bot = await openBot(
    {
      members() {
        asked.resolve();
        return new Promise(() => {});
      },
    },
    ['web-1', 'web-2'],
  );
  const requestedAt = Date.now();
  const other = { plan, service: 'other', requestedAt, expiresAt: requestedAt + 60_000, remindEvery: 1 };
  await bot.store.approvals.create(question('A0', other));
  bot.runner.start();
  await asked.promise;

  await bot.approved('A1');
  bot.runner.wake();

  await bot.ended('A1');
  await bot.runner.stop();
});

it('a wave that was approved goes on at once, not at the next look', async () => {
  const bot = await openBot({}, ['web-1', 'web-2']);
  const { deployments } = bot.store;
  const lease = await bot.betweenWaves('A1');
  onTestFinished(() => void vi.useRealTimers());
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const looks = vi.spyOn(deployments, 'waveNews');
  bot.runner.start();
  await expect.poll(() => looks.mock.settledResults).toMatchObject([{ type: 'fulfilled' }]);
  expect(await deployments.get('D-A1')).toMatchObject({ attempt: lease.attempt + 1, state: 'running' });

  // The timer of its next look is one that does not go off.
  vi.useRealTimers();
  await deployments.approveWave('D-A1', 1, Date.now());
  await bot.ended('A1');
});

it('what a process carries out itself it does not take over, though it stood still for longer than its lease', async () => {
  const bot = await openBot({}, ['web-1', 'web-2']);
  const { deployments } = bot.store;
  await bot.betweenWaves('A1');
  bot.runner.start();
  const claimed = () => deployments.get('D-A1');
  await expect.poll(claimed).toMatchObject({ attempt: 2 });
  const { owner = '', attempt = 0 } = (await claimed()) ?? {};

  // As stored after a long halt; a runner claims the oldest first.
  await deployments.release({ deployment: 'D-A1', owner, attempt });
  await bot.approved('A2', 'other');
  await deployments.requestAbort('D-A2', 'U0OPS1', Date.now());
  bot.runner.wake();
  await bot.ended('A2');

  expect(await claimed()).toMatchObject({ attempt: 2, state: 'running' });
  await deployments.approveWave('D-A1', 1, Date.now());
  await bot.ended('A1');
  expect(await claimed()).toMatchObject({ attempt: 2 });
});

it('whether a process is gone is told by its number only where numbers mean the same', async () => {
  const mine = ownerName();
  const [machine, , life, where] = mine.split('/');
  const child = spawn('true');
  await once(child, 'exit');
  const owner = (pid: number | undefined, at = where) => [machine, pid, life, at].join('/');

  expect(isGone(owner(child.pid), 0)).toBe(true);
  expect(isGone(owner(process.ppid), 60_000)).toBe(false);
  // A neighbour with the same host name, in another container: its number is somebody else's here.
  expect(isGone(owner(child.pid, 'elsewhere'), 5999)).toBe(false);
  expect(isGone(owner(process.ppid, 'elsewhere'), 6000)).toBe(true);
  expect(isGone(mine.replace(hostname(), 'other-machine'), 60_000)).toBe(false);
});
