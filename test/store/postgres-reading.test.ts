import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { backUp } from '../../src/store/backup.ts';
import { inspect } from '../../src/store/inspect.ts';
import { openStore } from '../../src/store/store.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { ALL_KEYS, fillWithEverything, rowsOf, tablesIn } from './everything.ts';
import { auditEntry } from './fixture.ts';
import { KEYS } from './keys.ts';

describeWithPostgres('a database of PostgreSQL that is only read', () => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  function newFile(): string {
    const folder = mkdtempSync(join(tmpdir(), 'fairlead-copied-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return join(folder, 'copy.db');
  }

  it('is copied row by row, more of them than are written at once', async () => {
    const url = await postgres.url();
    const store = await openStore(url, ALL_KEYS);
    await fillWithEverything(store);
    await Promise.all(Array.from({ length: 120 }, () => store.audit.append(auditEntry())));
    await store.close();
    const target = newFile();

    const copied = await backUp(url, target, { keys: KEYS.record, overwrite: false });

    expect(copied).toMatchObject({ path: target, underWay: 3, verification: { ok: true } });
    const tables = await tablesIn(`file:${target}`);
    expect(await rowsOf(`file:${target}`, tables)).toEqual(await rowsOf(url, tables));
    expect(await inspect(url, KEYS.record)).toEqual(copied.verification);
  });

  it.each([
    ['without tables', [], 'it has no tables of Fairlead'],
    ['of an older version', ['delete from versions where version > 16'], 'it is at version 16'],
    ['of a newer version, which may be read', ['insert into versions values (98, 0, 98)'], 'it is at version 98'],
    ['of a newer version, which may not', ['insert into versions values (99, 99, 99)'], 'must know version 99 to read'],
  ])('%s is not verified, and the reason is said', async (_, changes, why) => {
    const url = await postgres.url();
    if (changes.length > 0) await (await openStore(url, KEYS)).close();
    for (const change of changes) await postgres.ask(url, change);
    await expect(inspect(url, KEYS.record)).rejects.toThrow(why);
  });

  it('of a newer version is not copied: its columns are not known', async () => {
    const url = await postgres.url();
    await (await openStore(url, KEYS)).close();
    await postgres.ask(url, 'insert into versions values (98, 0, 98)');
    const copying = backUp(url, newFile(), { keys: KEYS.record, overwrite: false });
    await expect(copying).rejects.toThrow('copies versions up to');
  });
});
