import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createReceivers } from '../../src/changes/receivers.ts';
import { checkChanges } from '../../src/cli/check/changes.ts';
import { createChangeDelivery } from '../../src/worker/changes/delivery.ts';
import { configOf } from './config.ts';
import { CARD, openScene } from './scene.ts';
import { ROUTING_KEY, startPagerDuty } from './servers/pagerduty.ts';
import { SECRET, startWebhook } from './servers/webhook.ts';

const BUILT = {
  by: { kind: 'key' as const, key: 'release.pub' },
  built: { repository: 'https://github.com/acme/shop', commit: '0a1b2c3d'.repeat(5) },
};

it('tells each receiver what it wants to know, in plain words and with every fact', async () => {
  await using hook = await startWebhook();
  await using pager = await startPagerDuty();
  const config = configOf({
    hook: { kind: 'webhook', url: `${hook.url}/hook`, secret: SECRET },
    pager: {
      kind: 'pagerduty',
      routingKey: ROUTING_KEY,
      url: pager.url,
      services: ['shop'],
      events: ['deployment.ended'],
    },
  });
  const scene = await openScene(config);
  await scene.started('A1', { proof: BUILT });
  await scene.ended('rolled_back');
  await scene.started('A2', { service: 'jobs' });
  scene.delivery.start();
  await Promise.all([hook.came(3), pager.came(1)]);

  expect(hook.events.map(({ id }) => id)).toEqual([
    'D-A1.deployment.started',
    'D-A1.deployment.ended',
    'D-A2.deployment.started',
  ]);
  expect(hook.events[1]?.body.data).toMatchObject({
    service: 'shop',
    version: '1.4.0',
    from: ['1.3.2'],
    environments: ['prod'],
    hostCount: 2,
    requestedBy: 'U0DEV1',
    approvedBy: ['U0OPS1'],
    verdict: 'rolled_back',
    seconds: 8.2,
    outcomes: { rolled_back: 1, skipped: 1 },
    commit: { sha: BUILT.built.commit, source: 'signed' },
    links: { card: CARD, commit: `https://github.com/acme/shop/commit/${BUILT.built.commit}` },
  });
  for (const word of ['shop', '1.4.0', 'prod', '0a1b2c3d0a1b', 'github.com/acme/shop'])
    expect(hook.events[1]?.body.data.summary).toContain(word);
  expect(pager.events.map(({ payload }) => payload.custom_details?.event)).toEqual(['D-A1.deployment.ended']);
  await expect.poll(() => scene.store.changes.next()).toEqual([]);
});

it('says of a deployment that ended on some hosts only what the others run', async () => {
  await using hook = await startWebhook();
  const scene = await openScene(configOf({ hook: { kind: 'webhook', url: `${hook.url}/hook`, secret: SECRET } }));
  scene.delivery.start();
  await scene.started('A1');
  await scene.ended('partial', 'shop', ['deployed', 'rolled_back']);
  await hook.came(2);

  expect(hook.events[1]?.body.data.summary).toBe('shop 1.4.0 is on 1 of 2 hosts only in prod: web-2 still has 1.3.2.');
});

it('sends what happens at once, not at its next look', async () => {
  await using hook = await startWebhook();
  const scene = await openScene(configOf({ hook: { kind: 'webhook', url: `${hook.url}/hook`, secret: SECRET } }));
  onTestFinished(() => void vi.useRealTimers());
  // Its looks are at a timer that does not go off.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  scene.delivery.start();
  await scene.started('A1');
  await hook.came(1);
  await scene.ended('deployed');
  await hook.came(2);
});

it('tries again after a failure, later than Retry-After says, with the same id and in the same order', async () => {
  await using hook = await startWebhook();
  const scene = await openScene(configOf({ hook: { kind: 'webhook', url: `${hook.url}/hook`, secret: SECRET } }));
  hook.faults.push({ status: 503, headers: { 'retry-after': '1' } });
  await scene.started('A1');
  await scene.ended('deployed');
  const since = performance.now();
  scene.delivery.start();
  await hook.came(3);

  expect(performance.now() - since).toBeGreaterThan(1900);
  expect(hook.asked.map(({ headers }) => headers['webhook-id'])).toEqual([
    'D-A1.deployment.started',
    'D-A1.deployment.started',
    'D-A1.deployment.ended',
  ]);
});

it('gives up what a receiver refuses, goes on with the next, and names it in the log and in fairlead check', async () => {
  await using hook = await startWebhook();
  const config = configOf({ hook: { kind: 'webhook', url: `${hook.url}/hook`, secret: SECRET } });
  const scene = await openScene(config);
  hook.faults.push({ status: 422, json: { error: `no ${SECRET}` } });
  await scene.started('A1');
  await scene.ended('deployed');
  scene.delivery.start();
  await hook.came(2);

  await expect.poll(() => scene.store.changes.next()).toEqual([]);
  const [failed] = await scene.store.changes.failed({ since: 0, limit: 5 });
  expect(failed).toMatchObject({ id: 'D-A1.deployment.started', receiver: 'hook', tries: 1 });
  expect(failed?.why).toContain('answered 422');
  expect(JSON.stringify([failed, scene.lines])).not.toContain(SECRET);
  expect(scene.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  const findings = await checkChanges(scene.deps);
  expect(findings.map(({ level }) => level)).toEqual(['note', 'warn']);
  expect(findings[1]?.what).toContain('D-A1.deployment.started to hook');
  expect(hook.asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'HEAD']);
});

it('a receiver that does not answer holds up no other, and lets the process end', async () => {
  await using slow = await startWebhook();
  await using hook = await startWebhook();
  const to = (url: string) => ({ kind: 'webhook', url: `${url}/hook`, secret: SECRET });
  const scene = await openScene(configOf({ slow: to(slow.url), hook: to(hook.url) }));
  slow.faults.push('silence');
  await scene.started('A1');
  scene.delivery.start();
  await slow.came(1);
  await expect.poll(() => scene.store.changes.waiting()).toEqual(new Map([['slow', 1]]));
  const since = performance.now();
  await scene.delivery.stop();

  expect(performance.now() - since).toBeLessThan(1000);
  expect(await scene.store.changes.next()).toMatchObject([{ receiver: 'slow', owner: undefined, tries: 1 }]);
});

it('two processes on one store send each event once', async () => {
  await using hook = await startWebhook();
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-changes-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = configOf({ hook: { kind: 'webhook', url: `${hook.url}/hook`, secret: SECRET } });
  const scene = await openScene(config, `file:${join(folder, 'test.db')}`);
  for (const id of ['A1', 'A2', 'A3', 'A4', 'A5']) {
    await scene.started(id);
    await scene.ended('deployed');
  }
  const other = createChangeDelivery({
    ...scene.deps,
    receivers: createReceivers(config.changes, scene.deps.now),
    cardAddress: async () => undefined,
  });
  onTestFinished(() => other.stop());
  scene.delivery.start();
  other.start();
  await expect.poll(() => scene.store.changes.next(), { timeout: 15_000 }).toEqual([]);

  const ids = hook.events.map(({ id }) => id);
  expect(ids).toHaveLength(10);
  expect(new Set(ids).size).toBe(10);
});

it('a record that was changed outside Fairlead is not told of, nor is a receiver that left the config', async () => {
  await using hook = await startWebhook();
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-changes-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'test.db');
  const scene = await openScene(
    configOf({ hook: { kind: 'webhook', url: `${hook.url}/hook`, secret: SECRET } }),
    `file:${path}`,
  );
  await scene.started('A1');
  await scene.started('A2', { service: 'jobs' });
  const db = new DatabaseSync(path);
  db.exec("update deployments set requested_by = 'U0EVIL' where id = 'D-A1'");
  db.exec("update changes set receiver = 'gone' where deployment = 'D-A2'");
  db.close();
  scene.delivery.start();

  await expect.poll(() => scene.store.changes.next()).toEqual([]);
  expect(hook.asked).toEqual([]);
  expect(await scene.store.changes.failed({ since: 0, limit: 5 })).toMatchObject([{ id: 'D-A1.deployment.started' }]);
});
