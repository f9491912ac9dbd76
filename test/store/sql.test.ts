import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createSigner } from '../../src/store/signer.ts';
import type { Sql } from '../../src/store/sql.ts';
import type { TestDatabase } from './contract-database.ts';
import { KEYS } from './keys.ts';
import { describeDatabase } from './sql-contract.ts';

const TABLE = 'create table if not exists notes (id text primary key, body text, rank bigint)';

async function opened(url: string): Promise<Sql> {
  const { sql } = await openDatabase(url, KEYS.record, createSigner(KEYS.record));
  await sql.query(TABLE);
  return sql;
}

async function inFile(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-sql-'));
  const url = `file:${join(folder, 'test.db')}`;
  const sql = await opened(url);
  return {
    sql,
    again: () => opened(url),
    async remove() {
      await sql.close().catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function inMemory(): Promise<TestDatabase> {
  const sql = await opened(':memory:');
  const again = () => Promise.reject(new Error('it is here alone'));
  return { sql, again, remove: () => sql.close().catch(() => {}) };
}

describeDatabase('SQLite, in a file', { open: inFile, isShared: true });
describeDatabase('SQLite, in memory', { open: inMemory, isShared: false });

it('SQLite: statements that come at once share a commit', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-sql-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const sql = await opened(`file:${join(folder, 'test.db')}`);
  const written = () => statSync(join(folder, 'test.db-wal')).size;
  const before = written();
  const put = (id: string) => sql.atomic('insert into notes (id) values ($1)', [id]);
  await Promise.all(Array.from({ length: 1200 }, (_, index) => put(`n${index}`)));
  expect(await sql.query('select count(*) as count from notes')).toEqual([{ count: 1200 }]);
  // A commit writes each page that it changed, of 4096 bytes, whole: 1200 of them would write at least 1200.
  expect((written() - before) / 4096).toBeLessThan(300);
  await sql.close();
});

it('SQLite: a disk that is full is said of every statement of a commit, and none is done', async () => {
  const sql = await opened(':memory:');
  onTestFinished(() => sql.close());
  const put = (id: string, body = '') => sql.atomic('insert into notes (id, body) values ($1, $2)', [id, body]);
  await sql.query('pragma max_page_count = 1');
  const settled = await Promise.allSettled([put('a'), put('b', 'x'.repeat(100_000)), put('c')]);
  const full = { status: 'rejected', reason: { name: 'DatabaseFault', why: 'the disk is full' } };
  expect(settled).toMatchObject([full, full, full]);
  await sql.query('pragma max_page_count = 1000000');
  expect(await sql.query('select id from notes')).toEqual([]);
  await put('d');
});
