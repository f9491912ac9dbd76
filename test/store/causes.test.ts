import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createDeliveries } from '../../src/store/deliveries.ts';
import { DatabaseFault } from '../../src/store/fault.ts';
import { createSigner } from '../../src/store/signer.ts';
import { withFaults } from '../../src/store/sqlite/faults.ts';
import { openStore } from '../../src/store/store.ts';
import { auditEntry } from './fixture.ts';
import { KEYS } from './keys.ts';

const sqlite = (errcode: number) => Object.assign(new Error('said'), { code: 'ERR_SQLITE_ERROR', errcode });
const system = (code: string) => Object.assign(new Error('said'), { code });

it.each([
  ['another process', sqlite(5), /another process/u],
  ['no space', sqlite(13), /space|full/u],
  ['no space on the disk', system('ENOSPC'), /space|full/u],
  ['damage', sqlite(11), /damaged/u],
  ['another kind of file', sqlite(26), /not an SQLite database/u],
  ['a read-only file', sqlite(8), /said/u],
  ['a disk that fails', sqlite(10), /said/u],
  ['a file that cannot be opened', sqlite(14), /said/u],
  ['no permission', system('EACCES'), /said/u],
])('the cause of a failure is named: %s', (_, error, why) => {
  for (const path of ['/nowhere/at/all.db', join(tmpdir(), 'fairlead.db')])
    expect(() =>
      withFaults(path, () => {
        throw error;
      }),
    ).toThrow(expect.objectContaining({ message: expect.stringMatching(why) }));
  expect(() =>
    withFaults('/nowhere/at/all.db', () => {
      throw error;
    }),
  ).toThrow(DatabaseFault);
});

it('what is no failure of the database stays what it is', () => {
  const error = new TypeError('ours');
  expect(() =>
    withFaults('/x.db', () => {
      throw error;
    }),
  ).toThrow(error);
});

it('so many messages are remembered and no more, the newest', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-deliveries-'));
  const url = `file:${join(folder, 'bound.db')}`;
  const { sql, clock } = await openDatabase(url, KEYS.record, createSigner(KEYS.record));
  const deliveries = createDeliveries({ sql, clock, keys: KEYS.record, mostKept: 2, cleanEvery: 1 });
  for (const at of [1, 2, 3, 4]) await deliveries.isFirst({ channel: 'C', ts: `${at}`, at });
  expect(await deliveries.isFirst({ channel: 'C', ts: '4', at: 5 })).toBe(false);
  expect(await deliveries.isFirst({ channel: 'C', ts: '1', at: 5 })).toBe(true);
  await sql.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a message is counted once another process lets go of the database, and records are found by their hosts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-held-'));
  const url = `file:${join(folder, 'held.db')}`;
  const store = await openStore(url, KEYS);
  const other = new DatabaseSync(url.slice(5));
  other.exec('begin immediate');
  const counted = store.deliveries.isFirst({ channel: 'C', ts: '1', at: 1 });
  await new Promise((resolve) => setTimeout(resolve, 60));
  other.exec('rollback');
  expect(await counted).toBe(true);
  other.close();

  for (const hosts of [['web-1'], ['web-1', 'web-2'], []]) await store.audit.append(auditEntry({ hosts }));
  const within = async (hosts: readonly string[]) =>
    (await store.audit.search({ within: hosts, limit: 10 })).map((record) => record.hosts);
  expect(await within(['web-1'])).toEqual([['web-1']]);
  expect(await within(['web-1', 'web-2'])).toEqual([['web-1', 'web-2'], ['web-1']]);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
