import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openStore, type Store } from '../../src/store/store.ts';
import { ALL_KEYS, fillWithEverything } from '../store/everything.ts';
import { auditEntry } from '../store/fixture.ts';
import { RECORD_KEY } from '../store/keys.ts';
import { cli } from './cli.ts';

let folder: string;
let copy: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-restore-'));
  copy = join(folder, 'copy.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = (name: string) => ({ DATABASE_URL: `file:${join(folder, name)}`, FAIRLEAD_RECORD_KEY: RECORD_KEY });
const run = (name: string, ...words: string[]) => cli(words, env(name), folder);

async function backupOf(fill: (store: Store) => Promise<unknown>): Promise<string> {
  const store = await openStore(env('old.db').DATABASE_URL, ALL_KEYS);
  await fill(store);
  await store.close();
  const { code, out } = await run('old.db', 'backup', copy);
  expect({ code, out }).toMatchObject({ code: 0 });
  return /Head: (\d+:[0-9a-f]{64})/u.exec(out)?.[1] ?? '';
}

it('restore says what it restored and what it closed, and the log holds the head of the backup', async () => {
  const head = await backupOf(fillWithEverything);

  const { code, out } = await run('new.db', 'restore', copy);

  expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining(`Head: ${head}`) });
  expect(out).toContain('deployment D-running of service-D-running: check it with docker ps -a on web-1, web-2');
  expect(out.match(/^- 1 requests for approval/gmu)).toHaveLength(1);
  expect(statSync(join(folder, 'new.db')).mode & 0o777).toBe(0o600);
  const now = /the head is (\d+:[0-9a-f]{64})/u.exec(out)?.[1];
  expect(await run('new.db', 'audit', 'head')).toEqual({ code: 0, out: `${now}\n` });
  expect(await run('new.db', 'audit', 'verify', '--head', head)).toMatchObject({ code: 0 });
  expect(await run('new.db', 'restore', copy)).toMatchObject({ code: 1, out: expect.stringContaining('is not empty') });
  expect(await run('new.db', 'restore')).toMatchObject({ code: 1, out: expect.stringContaining('DATABASE_URL names') });
});

it('restore that is killed in the middle leaves the database empty, and can be run again', async () => {
  const detail = 'x'.repeat(4000);
  await backupOf((store) =>
    Promise.all(Array.from({ length: 4000 }, () => store.audit.append(auditEntry({ detail })))),
  );
  const child = spawn(process.execPath, ['dist/cli.js', 'restore', copy], {
    env: { ...process.env, ...env('new.db') },
  });
  const ended = once(child, 'exit');
  const log = join(folder, 'new.db-wal');
  const written = () => statSync(log, { throwIfNoEntry: false })?.size ?? 0;
  await vi.waitFor(() => expect(written()).toBeGreaterThan(1_000_000), { timeout: 20_000, interval: 2 });
  child.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);

  expect(await run('new.db', 'audit', 'verify')).toMatchObject({ out: expect.stringContaining('never used') });
  expect(await run('new.db', 'restore', copy)).toMatchObject({ code: 0 });
  expect(readdirSync(folder).toSorted()).toEqual(['copy.db', 'new.db', 'old.db']);
});
