import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { DatabaseFault } from '../../src/store/fault.ts';
import type { Sql } from '../../src/store/sql.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { add, first, idsIn } from './contract-database.ts';
import { adding, ENDS_ALL, type Opened, openedThrough } from './postgres-opened.ts';
import type { PostgresProxy } from './postgres-proxy.ts';

// A restart may take longer than that on a busy machine.
vi.mock('../../src/store/postgres/waits.ts', async (original) => ({
  ...(await original<typeof import('../../src/store/postgres/waits.ts')>()),
  RESTART_MS: 60_000,
}));

describeWithPostgres('a connection to PostgreSQL that is cut', () => {
  let postgres: Postgres;
  let opened: Opened;
  beforeAll(async () => {
    postgres = await startPostgres();
    opened = await openedThrough(postgres);
  });
  beforeEach(async () => void (await opened.ask('delete from notes')));
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await postgres.stop();
  });

  const lost = expect.objectContaining({ name: 'DatabaseFault', why: expect.stringContaining('was lost') });
  it.each([
    ['a transaction', (sql: Sql) => sql.tx((tx) => idsIn(tx)), 'begin isolation level serializable'],
    ['a snapshot', (sql: Sql) => sql.snapshot(idsIn), 'begin isolation level repeatable read'],
    ['a read', (sql: Sql) => idsIn(sql), 'select id from notes'],
  ])('at its first statement costs nothing: %s is begun on another', async (_, work, words) => {
    const { sql, proxy } = opened;
    await add(sql, 'a');
    const cut = proxy.breakAt(words, 'cut');
    expect(await work(sql)).toEqual(['a']);
    await cut;
  });

  it('while nobody uses it is replaced, whether the server ends it or restarts', async () => {
    const { sql, proxy, ask } = opened;
    await add(sql, 'a');
    await ask(ENDS_ALL);
    expect(await sql.tx(adding('b'))).toBe('b');
    await postgres.restart();
    expect(await idsIn(sql)).toEqual(['a', 'b']);
    expect(await first(sql.each('select count(*) as count from notes'))).toEqual({ count: 2 });
    expect(proxy.made).toBeGreaterThan(2);
  });

  it('while the server is down is made as soon as it is up', async () => {
    const { sql } = opened;
    const start = await postgres.pause();
    const written = sql.tx(adding('a'));
    await start();
    expect(await written).toBe('a');
  });

  it.each([
    ['by the network', (proxy: PostgresProxy) => proxy.breakAt('insert into notes', 'cut')],
    ['by the network, behind a statement', (proxy: PostgresProxy) => proxy.breakAt('insert into notes', 'cut answer')],
  ])('in the middle of a transaction, %s, leaves nothing behind, and the work is not run again', async (_, cut) => {
    const { sql, proxy } = opened;
    await add(sql, 'a');
    const done = cut(proxy);
    const work = adding('b');
    await expect(sql.tx(work)).rejects.toEqual(lost);
    await done;
    expect(work).toHaveBeenCalledOnce();
    expect(await idsIn(sql)).toEqual(['a']);
    expect(await sql.tx(adding('c'))).toBe('c');
  });

  it('by the server between two statements of a transaction is an error with the cause', async () => {
    const { sql, ask } = opened;
    const failed = sql.tx(async (tx) => {
      await add(tx, 'a');
      await ask(ENDS_ALL);
      await add(tx, 'b');
    });
    await expect(failed).rejects.toEqual(lost);
    const swallowed = sql.tx(async (tx) => {
      await add(tx, 'a');
      await ask(ENDS_ALL);
      await add(tx, 'b').catch(() => {});
    });
    await expect(swallowed).rejects.toBeInstanceOf(DatabaseFault);
    expect(await idsIn(sql)).toEqual([]);
  });

  it('before the server has the commit: nothing is stored, and that is said', async () => {
    const { sql, proxy } = opened;
    void proxy.breakAt('commit', 'cut');
    const work = adding('a');
    await expect(sql.tx(work)).rejects.toEqual(lost);
    expect(work).toHaveBeenCalledOnce();
    expect(await idsIn(sql)).toEqual([]);
  });

  it('before the answer to a commit: it is looked up, and the work is done once', async () => {
    const { sql, proxy } = opened;
    void proxy.breakAt('commit', 'cut answer');
    const work = adding('a');
    expect(await sql.tx(work)).toBe('a');
    expect(work).toHaveBeenCalledOnce();
    expect(await idsIn(sql)).toEqual(['a']);
  });

  it('while the server still commits: the outcome is waited for', async () => {
    const { sql, proxy, ask } = opened;
    await ask(`create function slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(0.5); return new; end $$;
      create constraint trigger slow after insert on notes deferrable initially deferred for each row execute function slowly()`);
    void proxy.breakAt('commit', 'cut behind');
    expect(await sql.tx(adding('a'))).toBe('a');
    expect(await idsIn(sql)).toEqual(['a']);
    await ask('drop trigger slow on notes');
  });

  it('while a single statement writes: whether it was stored is not known, and that is said', async () => {
    const { sql, proxy } = opened;
    void proxy.breakAt('insert into notes', 'cut answer');
    await expect(sql.atomic("insert into notes (id) values ('a')")).rejects.toThrow('is not known');
    expect(await idsIn(sql)).toEqual(['a']);
    await expect(sql.atomic("insert into notes (id) values ('a')")).rejects.toThrow('duplicate key');
  });
});
