import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
