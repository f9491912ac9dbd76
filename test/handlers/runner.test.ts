import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, it, onTestFinished } from 'vitest';
import { openCore } from '../../src/bot.ts';
import { loadEnvironment, parseConfig } from '../../src/config.ts';
import { isGone, ownerName } from '../../src/handlers/deploy/owner.ts';
import type { Board } from '../../src/handlers/types.ts';
import { createLog } from '../../src/telemetry.ts';
import { plan } from '../pictures/cards.ts';
import { question } from '../store/fixture.ts';

/** A bot without Slack, of which the config no longer has any host of the plan. */
function openBot(board: Partial<Board> = {}) {
  const config = parseConfig(
    JSON.stringify({ slack: { team: 'T0TEAM' }, hosts: { 'other-1': { url: 'unix:///nowhere' } }, channels: {} }),
    'test.yml',
    {},
  );
  const core = openCore(config, loadEnvironment({ DATABASE_URL: ':memory:' }), createLog('silent'));
  const nobody = {
    membership: async () => ({ groups: new Set<string>(), unreadable: new Set<string>() }),
    channels: async () => undefined,
  };
  const quiet: Board = { async post() {}, changed() {}, async note() {}, async tell() {} };
  const deps = core.deps(nobody, { ...quiet, ...board });
  onTestFinished(async () => {
    await deps.runner.stop();
    await core.close();
  });
  const { runner, store } = deps;
  return {
    runner,
    store,
    async approved(id: string) {
      const at = Date.now();
      await store.approvals.create(question(id, { plan, requestedAt: at, expiresAt: at + 60_000 }));
      await store.deployments.start({ id: `D-${id}`, approval: id, hosts: plan.waves.flat(), by: 'U0OPS1', at });
    },
    ended: (id: string) => expect.poll(() => store.deployments.get(`D-${id}`)).toMatchObject({ state: 'ended' }),
    async whys(id: string) {
      const hosts = await store.deployments.hosts(`D-${id}`);
      return hosts.map(({ verdict, detail }) => `${verdict}: ${(detail as { why: string }).why}`);
    },
  };
}

it('a host that left the config since the plan is a reason not to begin, and not one to begin again and again', async () => {
  const bot = openBot();
  await bot.approved('A1');

  bot.runner.start();

  await bot.ended('A1');
  expect(new Set(await bot.whys('A1'))).toEqual(
    new Set(['failed_kept_old: Not begun, since something moved: It is no longer in the config.']),
  );
  expect(await bot.store.deployments.get('D-A1')).toMatchObject({ attempt: 1, verdict: 'failed_kept_old' });
});

it('what was aborted before it was claimed is not begun', async () => {
  const bot = openBot();
  await bot.approved('A1');
  await bot.store.deployments.requestAbort('D-A1', 'U0OPS1', Date.now());

  bot.runner.start();

  await bot.ended('A1');
  expect(new Set(await bot.whys('A1'))).toEqual(new Set(['skipped: Left alone: it was stopped before its turn.']));
});

it('a reminder that Slack keeps waiting holds up neither what is approved nor the end of the process', async () => {
  const reminded = Promise.withResolvers<void>();
  const bot = openBot({
    tell() {
      reminded.resolve();
      return new Promise(() => {});
    },
  });
  const at = Date.now();
  const lock = {
    service: 'other',
    owner: 'U0DEV1',
    reason: '',
    channel: 'C0PROD',
    at,
    until: at + 60_000,
    remindAt: at,
  };
  await bot.store.locks.acquire(lock);
  bot.runner.start();
  await reminded.promise;

  await bot.approved('A1');
  bot.runner.wake();

  await bot.ended('A1');
  await bot.runner.stop();
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
