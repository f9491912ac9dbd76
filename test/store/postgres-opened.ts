import { onTestFinished, vi } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createSigner } from '../../src/store/signer.ts';
import type { Queryable, Sql } from '../../src/store/sql.ts';
import type { Postgres } from '../bed/postgres.ts';
import { add } from './contract-database.ts';
import { KEYS } from './keys.ts';
import { type PostgresProxy, postgresProxy } from './postgres-proxy.ts';

/** Ends every other connection to the database. */
export const ENDS_ALL = `select count(pg_terminate_backend(pid)) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

/** Opens the database of an address as a process does. */
export async function openedAt(url: string): Promise<Sql> {
  return (await openDatabase(url, KEYS.record, createSigner(KEYS.record))).sql;
}

/** The same, until the test has finished. */
export async function openedForTest(url: string): Promise<Sql> {
  const sql = await openedAt(url);
  onTestFinished(() => sql.close());
  return sql;
}

export interface Opened extends AsyncDisposable {
  readonly sql: Sql;
  readonly proxy: PostgresProxy;
  /** The address past the proxy. */
  readonly url: string;
  /** Runs SQL as another program does. */
  ask(text: string): Promise<string>;
}

/** A new database with the table of the contract, open through a proxy. */
export async function openedThrough(postgres: Postgres): Promise<Opened> {
  const url = await postgres.url();
  const proxy = await postgresProxy(url);
  const sql = await openedAt(proxy.url);
  await sql.query('create table notes (id text primary key, body text, rank bigint)');
  return {
    sql,
    proxy,
    url,
    ask: (text) => postgres.ask(url, text),
    async [Symbol.asyncDispose]() {
      await sql.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** Work that adds a note, and knows how often it is run. */
export function adding(id: string) {
  return vi.fn(async (tx: Queryable) => {
    await add(tx, id);
    return id;
  });
}
