import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backUp } from '../../src/store/backup.ts';
import { restore } from '../../src/store/restore.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { ALL_KEYS, fillWithEverything, rowsOf, tablesIn } from './everything.ts';
import { auditEntry } from './fixture.ts';
import { KEYS } from './keys.ts';

const keys = ALL_KEYS.record;
const NOW = 3_000_000_000_000;
const ends = {
  at: NOW,
  operator: 'root (0)',
  verdict: 'needs_attention',
  onHost: (host: string) => ({ verdict: 'needs_attention', tryThis: `look at ${host}` }),
  reason: 'restored',
};

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-restore-'));
  file = join(folder, 'backup.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => `file:${join(folder, name)}`;

async function backupOf(url: string, fill: (store: Store) => Promise<unknown> = fillWithEverything): Promise<void> {
  const store = await openStore(url, ALL_KEYS);
  await fill(store);
  await store.close();
  await backUp(url, file, { keys, overwrite: true });
}

/** Tables whose rows are as they were, whatever is closed. */
const SAME = ['votes', 'phases', 'verified', 'locks', 'lock_queue', 'reviews', 'totp', 'deliveries', 'execs', 'scans'];

/** Backs up `from`, restores into `to`, and expects what was there to be there, and what was unfinished to be closed. */
async function expectRestored(from: string, to: string): Promise<void> {
  await backupOf(from);

  const restored = await restore(to, file, { keys, ends });

  expect(restored).toMatchObject({
    isDone: true,
    closed: {
      deployments: [
        { id: 'D-running', hosts: ['web-1', 'web-2'] },
        { id: 'D-new', hosts: ['web-1'] },
        { id: 'D-glass', hosts: ['web-9'] },
      ],
      requests: 1,
      jobs: 1,
      runs: 1,
      grants: 1,
      messages: 3,
    },
  });
  const tables = await tablesIn(`file:${file}`);
  const [before, after] = [await rowsOf(`file:${file}`, tables), await rowsOf(to, tables)];
  for (const table of SAME) expect({ table, rows: after.get(table) }).toEqual({ table, rows: before.get(table) });
  // Hash for hash, MAC for MAC.
  expect(after.get('audit')).toEqual(expect.arrayContaining(before.get('audit') ?? []));
  for (const table of ['replicas', 'ongoing', 'budgets', 'held', 'outbox', 'changes'])
    expect({ table, rows: after.get(table) }).toEqual({ table, rows: [] });

  const store = await openStore(to, ALL_KEYS);
  await expectNothingToDo(store);
  const { seq } = await store.audit.head();
  expect(await store.audit.append(auditEntry())).toEqual({ seq: seq + 1 });
  expect(await store.verify()).toMatchObject({ ok: true });
  await store.close();
}

/** What a worker looks for is not there, and what was closed says so. */
async function expectNothingToDo({
  approvals,
  audit,
  deployments,
  execGrants,
  jobs,
  runs,
  cards,
  outbox,
  changes,
}: Store) {
  const late = NOW * 2;
  expect(await deployments.running()).toEqual([]);
  expect(await deployments.claim('P9', late)).toBeUndefined();
  expect(await deployments.claims('service-D-running')).toEqual([]);
  expect(await approvals.pending({ now: 0 })).toEqual([]);
  expect(await approvals.vote({ id: 'A-open', person: 'U0OPS2', at: 1 })).toMatchObject({ why: 'expired' });
  expect(await jobs.untaken({ now: late, storedBefore: late })).toEqual([]);
  expect(await jobs.take('J1', 'P9', { now: late, until: late })).toBeUndefined();
  expect(await runs.due(late, 1)).toEqual([]);
  expect(await execGrants.active({ now: NOW + 1 })).toEqual([]);
  expect(await execGrants.over(late)).toEqual([]);
  expect([await outbox.next(9), await changes.next()]).toEqual([[], []]);

  const signed = { integrity: 'signed', state: 'ended', verdict: 'needs_attention', finishedAt: NOW };
  expect(await deployments.get('D-running')).toMatchObject(signed);
  expect(await deployments.hosts('D-running')).toMatchObject([
    { host: 'web-1', verdict: 'deployed' },
    { host: 'web-2', verdict: 'needs_attention', detail: { tryThis: 'look at web-2' } },
  ]);
  expect(await approvals.get('A-D-running')).toMatchObject({ verdict: 'needs_attention', integrity: 'signed' });
  expect(await approvals.get('A-open')).toMatchObject({ state: 'expired', reason: 'restored', integrity: 'signed' });
  expect(await cards.outdated('deploy')).toEqual(['A-open']);
  expect(await audit.leftAs({ request: 'D-running', person: 'U0DEV1', since: 0 })).toBe('ended');
  const [newest] = await audit.search({ limit: 1 });
  expect(newest).toMatchObject({ command: 'restore', operator: 'root (0)' });
}

describe('a backup of SQLite', () => {
  it('is restored into a new file of SQLite, and nothing is carried on', () =>
    expectRestored(at('old.db'), at('new.db')));

  it('of an older version is brought up to date beside it', async () => {
    await backupOf(at('old.db'));
    const db = new DatabaseSync(file);
    for (const statement of [
      'delete from versions where version >= 18',
      ...['jobs', 'replicas', 'ongoing', 'budgets'].map((table) => `drop table ${table}`),
      'alter table deployments drop column handed_on',
      'alter table host_verdicts drop column mac',
      'drop index deliveries_unanswered',
      'drop index deployments_attention',
      ...['owner', 'sealed', 'since'].map((column) => `alter table deliveries drop column ${column}`),
    ])
      db.exec(statement);
    db.close();
    const before = await rowsOf(`file:${file}`, ['versions', 'audit']);

    expect(await restore(at('new.db'), file, { keys, ends })).toMatchObject({ isDone: true, restored: { ok: true } });
    expect(await rowsOf(`file:${file}`, ['versions', 'audit'])).toEqual(before);
    const restored = await openStore(at('new.db'), ALL_KEYS);
    expect(await restored.deployments.hosts('D-running')).toMatchObject([
      { host: 'web-1', integrity: 'before' },
      { host: 'web-2', integrity: 'signed' },
    ]);
    await restored.close();
  });

  it('goes into no database that has rows, and changes none', async () => {
    await backupOf(at('old.db'));
    for (const leave of [
      (store: Store) => store.audit.append(auditEntry()),
      (store: Store) => store.deliveries.isFirst({ channel: 'C0PROD', ts: '1.1', at: 1 }),
    ]) {
      rmSync(join(folder, 'used.db'), { force: true });
      const store = await openStore(at('used.db'), KEYS);
      await leave(store);
      await store.close();
      await expect(restore(at('used.db'), file, { keys, ends })).rejects.toThrow(/used\.db is not empty/u);
      const again = await openStore(at('used.db'), KEYS);
      expect(await again.deployments.recent({ limit: 9 })).toEqual([]);
      await again.close();
    }
    const older = new DatabaseSync(join(folder, 'used.db'));
    older.exec('delete from versions where version >= 18');
    older.close();
    await expect(restore(at('used.db'), file, { keys, ends })).rejects.toThrow('is of version 17 already');
  });

  it('is not restored when it is none, is damaged, or its records are not in order', async () => {
    await backupOf(at('old.db'));
    const into = at('new.db');
    copyFileSync(join(folder, 'old.db'), join(folder, 'raw.db'));
    writeFileSync(join(folder, 'text.db'), 'no database '.repeat(1000));
    for (const [name, cause] of [
      ['raw.db', 'was not made by `fairlead backup`'],
      ['text.db', 'not an SQLite database'],
      ['gone.db', 'there is no such file'],
    ] as const)
      await expect(restore(into, join(folder, name), { keys, ends })).rejects.toThrow(cause);
    const db = new DatabaseSync(file);
    db.exec("update deployments set plan = '{}' where id = 'D-ended'");
    db.close();
    expect(await restore(into, file, { keys, ends })).toMatchObject({ isDone: false, backup: { ok: false } });
    expect(existsSync(join(folder, 'new.db'))).toBe(false);
  });
});

describeWithPostgres('a backup, with PostgreSQL', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  it('of SQLite moves to PostgreSQL', async () => expectRestored(at('old.db'), await postgres.url()));
  it('of PostgreSQL moves to SQLite', async () => expectRestored(await postgres.bouncer(), at('new.db')));
  it('of PostgreSQL is restored through PgBouncer', async () =>
    expectRestored(await postgres.url(), await postgres.bouncer()));

  it('goes into no database that has rows', async () => {
    const url = await postgres.url();
    await backupOf(url);
    await expect(restore(url, file, { keys, ends })).rejects.toThrow('is not empty: the table audit has rows.');
  });
});
