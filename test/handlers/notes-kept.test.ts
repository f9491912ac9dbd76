import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { hashOf } from '../../src/handlers/deploy/planning/make-plan.ts';
import type { NewApproval } from '../../src/store/approvals.ts';
import type { Store } from '../../src/store/store.ts';
import { runDueReminders } from '../../src/worker/reminders.ts';
import { ID, plan } from '../pictures/cards.ts';
import { question } from '../store/fixture.ts';
import { whenFree } from '../store/when-free.ts';
import { CHANNEL, openDesk } from './desk.ts';

const DEVELOPER = 'U0DEV1';
const OPS = 'U0OPS1';
const HOUR = 3_600_000;

/** A desk whose database takes no note until it is told to, as if each process died between a row and its note. */
async function scene(more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-notes-'));
  const file = join(folder, 'test.db');
  const hosts = { 'web-1': '/nowhere/1.sock', 'web-2': '/nowhere/2.sock' };
  const config = {
    services: { shop: { image: 'harbor.example.com/devops/shop', hosts: 'all' } },
    groups: { oncall: { people: [OPS] } },
    approvals: [{ commands: ['deploy'], hosts: 'all', from: ['oncall'] }],
    ...more,
  };
  const desk = await openDesk(hosts, ['deploy', 'lock', 'unlock', 'ask'], config, `file:${file}`);
  const database = new DatabaseSync(file);
  await whenFree(() =>
    database.exec(`create trigger no_notes before insert on outbox begin select raise(abort, 'no notes'); end`),
  );
  onTestFinished(async () => {
    database.close();
    await desk[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    desk,
    store: desk.store,
    remind: () => runDueReminders(desk.deps),
    takeNotes: () => whenFree(() => database.exec('drop trigger no_notes')),
    kinds: () =>
      database
        .prepare('select note from outbox order by seq')
        .all()
        .map(({ note }) => JSON.parse(JSON.parse(String(note)).note).kind),
  };
}

const deploy = (id: string, more: Partial<NewApproval> = {}): NewApproval => {
  const requestedAt = Date.now();
  const mine = { ...plan, service: 'shop' };
  const about = { plan: mine, hash: hashOf(mine), channel: CHANNEL, requestedBy: DEVELOPER };
  return question(id, { ...about, requestedAt, expiresAt: requestedAt + HOUR, ...more });
};

const lock = (more: object = {}) => ({
  service: 'shop',
  owner: DEVELOPER,
  reason: '',
  channel: CHANNEL,
  at: 1,
  until: Date.now() + HOUR,
  remindAt: Date.now() + HOUR,
  ...more,
});

const waitFor = (store: Store) => store.locks.join({ service: 'shop', person: OPS, channel: CHANNEL, at: 1 });

const glass = { id: 'D1', approval: 'A1', hosts: ['web-1'], by: DEVELOPER, at: 1 };

type Due = readonly [kinds: readonly string[], prepare: (store: Store) => Promise<unknown>];

it.for<Due>([
  [['expired'], (store) => store.approvals.create(deploy('A1', { requestedAt: 1, expiresAt: 2 }))],
  [
    ['asked'],
    (store) =>
      store.approvals.create(
        deploy('A1', { requestedAt: Date.now() - HOUR, expiresAt: Date.now() + HOUR, remindEvery: HOUR / 2 }),
      ),
  ],
  [
    ['wave'],
    async (store) => {
      await store.approvals.create(deploy('A1'));
      await store.deployments.start({ ...glass, at: Date.now() });
      const { lease } = (await store.deployments.claim('P1', Date.now())) ?? {};
      if (!lease) throw new Error('nothing to claim');
      await store.deployments.requestWave(lease, { wave: 1, at: 1, until: Date.now() + HOUR, remindEvery: HOUR });
    },
  ],
  [['lock-ending'], (store) => store.locks.acquire(lock({ remindAt: 2 }))],
  [
    ['lock-ended', 'lock-free'],
    async (store) => {
      await store.locks.acquire(lock({ until: 2 }));
      await waitFor(store);
    },
  ],
  [
    ['grant-over'],
    (store) => {
      const who = { person: DEVELOPER, channel: CHANNEL, approvedBy: OPS, reason: '' };
      return store.execGrants.begin({
        id: 'G1',
        ...who,
        host: 'web-1',
        container: 'shop',
        allowed: [],
        beginsAt: 1,
        until: 2,
      });
    },
  ],
  [
    ['review-due'],
    async (store) => {
      await store.approvals.create(deploy('A1'));
      await store.deployments.start({ ...glass, breakGlass: { reason: 'fire', reviewBy: 2 } });
    },
  ],
])('what is due is said, though the process died before it could store the note: %j', async ([kinds, prepare]) => {
  const it = await scene();
  await prepare(it.store);
  await it.remind().catch(() => {});
  expect(it.kinds()).toEqual([]);

  await it.takeNotes();
  await it.remind();
  await it.remind();

  expect(it.kinds()).toEqual(kinds);
});

it('the head of the audit log is told, though the process died before it could store the note', async () => {
  const it = await scene({ audit: { headChannel: CHANNEL } });
  await it.desk.say('/dock locks');
  await it.remind().catch(() => {});

  await it.takeNotes();
  await it.remind();

  expect(it.kinds()).toEqual(['audit-head']);
});

it.for([
  ['lock-free', '/dock unlock shop', DEVELOPER],
  ['lock-taken', '/dock lock shop --take --reason fire', OPS],
  ['rejected', `/dock reject ${ID} --reason "not tonight"`, OPS],
] as const)('what a person changes is changed with its note, or not at all: %s', async ([kind, line, person]) => {
  const it = await scene();
  await it.store.approvals.create(deploy(ID));
  await it.store.locks.acquire(lock());
  if (kind === 'lock-free') await waitFor(it.store);
  expect(await it.desk.say(line, person)).toMatchObject({ kind: 'refused', reason: 'internal' });
  expect([(await it.store.locks.list(2))[0]?.owner, (await it.store.approvals.get(ID))?.state]).toEqual([
    DEVELOPER,
    'pending',
  ]);

  await it.takeNotes();
  expect(await it.desk.say(line, person)).toMatchObject({ kind: 'result' });

  expect(it.kinds()).toEqual([kind]);
});

it('nobody is said to have been asked for a lock whose note could not be stored', async () => {
  const it = await scene();
  await it.store.locks.acquire(lock());
  expect(await it.desk.say('/dock ask shop', OPS)).toMatchObject({ kind: 'refused', reason: 'internal' });
});

it.for(['refused', 'aborted'] as const)('a deployment ends with its note, or not yet: %s', async (verdict) => {
  const it = await scene();
  await it.store.approvals.create(deploy('A1'));
  await it.store.approvals.vote({ id: 'A1', person: OPS, at: Date.now() });
  await it.store.deployments.start({ ...glass, at: Date.now() });
  if (verdict === 'aborted') await it.store.deployments.requestAbort('D1', OPS, Date.now());
  it.desk.runner.start();
  // Its end is tried again with every claim.
  await expect
    .poll(async () => (await it.store.deployments.get('D1'))?.attempt, { timeout: 20_000 })
    .toBeGreaterThan(1);
  expect(await it.store.deployments.get('D1')).not.toMatchObject({ state: 'ended' });

  await it.takeNotes();

  await expect.poll(() => it.store.deployments.get('D1'), { timeout: 20_000 }).toMatchObject({ state: 'ended' });
  expect(it.kinds()).toEqual(['ended']);
});
