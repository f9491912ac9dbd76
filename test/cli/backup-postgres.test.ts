import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openStore } from '../../src/store/store.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { smallDisk } from '../bed/small-disk.ts';
import { ALL_KEYS, fillWithEverything, rowsOf, tablesIn } from '../store/everything.ts';
import { auditEntry } from '../store/fixture.ts';
import { KEYS, RECORD_KEY } from '../store/keys.ts';
import { newJob } from '../store/new-job.ts';
import { cli } from './cli.ts';

describeWithPostgres('with a database of PostgreSQL', () => {
  let postgres: Postgres;
  let folder: string;
  let elsewhere: string;
  let copy: string;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());
  beforeEach(() => {
    elsewhere = mkdtempSync(join(tmpdir(), 'fairlead-elsewhere-'));
    folder = mkdtempSync(join(tmpdir(), 'fairlead-backup-'));
    copy = join(folder, 'copy.db');
  });
  afterEach(() => {
    for (const one of [folder, elsewhere]) rmSync(one, { recursive: true, force: true });
  });

  const env = (url: string) => ({ DATABASE_URL: url, FAIRLEAD_RECORD_KEY: RECORD_KEY });
  const run = (url: string, ...words: string[]) => cli(words, env(url), folder);
  /** Of a database: how many statements wait for its table `runs`, which a test has locked. */
  const waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%runs%'";
  /** Keeps all others from the table until what is returned is called. */
  const lockRuns = async (url: string) => {
    const holder = new pg.Client(url);
    await holder.connect();
    await holder.query('begin; lock table runs in access exclusive mode');
    return () => holder.end();
  };
  const headIn = (out: string) => /Head: (\d+:[0-9a-f]{64})/u.exec(out)?.[1] ?? '';

  it.each(['url', 'bouncer'] as const)('backup copies every row, for this user alone (%s)', async (way) => {
    const url = await postgres[way]();
    const store = await openStore(url, ALL_KEYS);
    await fillWithEverything(store);

    const { code, out } = await run(url, 'backup', copy);

    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('all signed') });
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['copy.db']);
    const tables = await tablesIn(`file:${copy}`);
    const rows = await rowsOf(url, tables);
    expect(await rowsOf(`file:${copy}`, tables)).toEqual(rows);
    // A table without rows would show nothing.
    expect([...rows].filter(([, { length }]) => length === 0)).toEqual([]);
    const theirs = await postgres.ask(
      url,
      "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace",
    );
    expect(new Set(theirs.split('\n'))).toEqual(new Set([...tables, 'versions', 'writing']));
    await store.close();
    expect(await run(url, 'audit', 'head')).toEqual({ code: 0, out: `${headIn(out)}\n` });
    expect(await run(`file:${copy}`, 'audit', 'verify', '--head', headIn(out))).toMatchObject({ code: 0 });
  });

  it('backup is of one moment while others write', async () => {
    const url = await postgres.bouncer();
    const store = await openStore(url, ALL_KEYS);
    await store.audit.append(auditEntry());
    const { seq, hash } = await store.audit.head();
    const release = await lockRuns(url);
    const copying = run(url, 'backup', copy);
    await vi.waitFor(async () => expect(await postgres.ask(url, waiting)).toBe('1'), 10_000);
    await store.audit.append(auditEntry());
    // Its table is copied after the one that is waited for.
    await store.jobs.add(newJob('J-late', {}, 1));
    await release();
    const { code, out } = await copying;
    await store.close();

    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(`Head: ${seq}:${hash}`) });
    expect(await rowsOf(`file:${copy}`, ['jobs'])).toEqual(new Map([['jobs', []]]));
    // The database has gone on since, and holds the same beginning.
    expect(await run(url, 'audit', 'verify', '--head', headIn(out))).toMatchObject({ code: 0 });
  });

  it('backup that is killed in the middle is in the way of nothing', async () => {
    const url = await postgres.url();
    const store = await openStore(url, ALL_KEYS);
    await fillWithEverything(store);
    await store.close();
    const release = await lockRuns(url);
    const child = spawn(process.execPath, ['dist/cli.js', 'backup', copy], { env: { ...process.env, ...env(url) } });
    await vi.waitFor(async () => expect(await postgres.ask(url, waiting)).toBe('1'), 10_000);
    const [half = ''] = readdirSync(folder);
    expect(half).toMatch(/^\.copy\.db\..*part$/u);
    // A second backup to the same file leaves alone what the first is writing.
    const other = `file:${join(elsewhere, 'other.db')}`;
    await (await openStore(other, KEYS)).close();
    expect(await run(other, 'backup', copy)).toMatchObject({ code: 0 });
    expect(readdirSync(folder)).toEqual([half, 'copy.db']);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(folder)).toEqual([half, 'copy.db']);
    await release();

    expect(await run(url, 'backup', copy, '--force')).toMatchObject({ code: 0 });
    expect(readdirSync(folder)).toEqual(['copy.db']);
  });

  it('backup to a disk that gets full says so, and leaves nothing', async () => {
    const url = await postgres.url();
    const store = await openStore(url, KEYS);
    for (let n = 0; n < 400; n += 1) void store.audit.append(auditEntry({ line: 'x'.repeat(3000) }));
    await store.close();
    using _ = smallDisk(join(folder, 'disk'), 1);

    const { code, out } = await run(url, 'backup', join(folder, 'disk/copy.db'));

    expect({ code, out }).toMatchObject({ code: 1, out: expect.stringMatching(/No backup was made.*disk.*full/u) });
    expect(readdirSync(join(folder, 'disk'))).toEqual([]);
  });

  it('restore that is killed in the middle leaves the database empty, and can be run again', async () => {
    const from = await postgres.url();
    const store = await openStore(from, ALL_KEYS);
    await fillWithEverything(store);
    await store.close();
    expect(await run(from, 'backup', copy)).toMatchObject({ code: 0 });
    const url = await postgres.url();
    await (await openStore(url, ALL_KEYS)).close();
    const release = await lockRuns(url);
    const child = spawn(process.execPath, ['dist/cli.js', 'restore', copy], { env: { ...process.env, ...env(url) } });
    await vi.waitFor(async () => expect(await postgres.ask(url, waiting)).toBe('1'), 10_000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await release();

    expect(await postgres.ask(url, 'select count(*) from audit')).toBe('0');
    expect(await run(url, 'restore', copy)).toMatchObject({
      code: 0,
      out: expect.stringContaining('deployment D-new'),
    });
    expect(await run(url, 'audit', 'verify')).toMatchObject({ code: 0 });
  });

  it('audit verify names what was changed, and backup says so of its copy', async () => {
    const url = await postgres.url();
    const store = await openStore(url, ALL_KEYS);
    await fillWithEverything(store);
    await store.close();
    const { out: head } = await run(url, 'audit', 'head');
    await postgres.ask(url, "update deployments set plan = '{}' where id = 'D-new'");
    const forged = await run(url, 'audit', 'verify', '--head', head.trim());
    expect(forged).toMatchObject({ code: 1, out: expect.stringContaining('deployments D-new: not signed') });
    expect(await run(url, 'backup', copy)).toMatchObject({ code: 1, out: expect.stringContaining('D-new') });
    await postgres.ask(url, 'alter table audit disable trigger all; delete from audit where seq > 2');
    expect(await run(url, 'audit', 'verify')).toMatchObject({ code: 1, out: expect.stringContaining('is missing') });
  });

  it('says why there is nothing to read, and makes nothing', async () => {
    const empty = await postgres.url();
    const wrong = empty.replace(/:[^:@]+@/u, ':not-it-7d1f@');
    for (const [url, cause] of [
      [empty, 'it has no tables of Fairlead'],
      [wrong, 'the password is wrong'],
      [`${empty}_gone`, 'there is no such database'],
    ] as const) {
      expect(await run(url, 'backup', copy)).toMatchObject({ code: 1, out: expect.stringContaining(cause) });
      const { code, out } = await run(url, 'audit', 'verify');
      expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('Nothing was verified') });
      expect(out).not.toContain(new URL(url).password);
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(await postgres.ask(empty, "select count(*) from pg_class where relname = 'versions'")).toBe('0');
  });
});
