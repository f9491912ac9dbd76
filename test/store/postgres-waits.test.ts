import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Queryable, Sql } from '../../src/store/sql.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { add, gate, idsIn } from './contract-database.ts';
import { adding, type Opened, openedAt, openedForTest, openedThrough } from './postgres-opened.ts';
import { postgresProxy } from './postgres-proxy.ts';

// So short that the end of each is seen. What has to succeed has none of these to wait for.
vi.mock('../../src/store/postgres/waits.ts', async (original) => ({
  ...(await original<typeof import('../../src/store/postgres/waits.ts')>()),
  CONNECT_MS: 1500,
  RESTART_MS: 300,
  WRITE_LOCK_MS: 500,
  STATEMENT_MS: 1000,
  IDLE_IN_TRANSACTION_MS: 1000,
  ANSWER_MS: 2500,
  OUTCOME_MS: 500,
  CLOSE_MS: 300,
  MIGRATION: { STATEMENT_MS: 4000, LOCK_MS: 4000, IDLE_MS: 4000, ANSWER_MS: 6000, AGAIN_MS: 20 },
}));

describeWithPostgres('what PostgreSQL does not do in time', () => {
  let postgres: Postgres;
  let opened: Opened;
  beforeAll(async () => {
    postgres = await startPostgres();
    opened = await openedThrough(postgres);
  });
  beforeEach(async () => {
    opened.proxy.refuse = false;
    await opened.ask('delete from notes');
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await postgres.stop();
  });

  it.each([
    ['directly', 'url'],
    ['through PgBouncer, which keeps no settings', 'bouncer'],
  ] as const)('a statement is ended by the server, %s', async (_, way) => {
    const sql = await openedForTest(await postgres[way]());
    const slow = (on: Pick<Queryable, 'query'>) => on.query('select pg_sleep(10)');
    const all = await Promise.allSettled([slow(sql), sql.tx(slow), sql.snapshot(slow)]);
    expect(all).toEqual(
      all.map(() => ({
        status: 'rejected',
        reason: expect.objectContaining({ why: 'PostgreSQL took too long to answer' }),
      })),
    );
    expect(await sql.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('a step of the schema may take longer than other statements, and wait longer for another process, but not for ever', async () => {
    /** Opens a new database whose first index takes so long to be made. */
    const openedSlowly = async (seconds: number) => {
      const at = await postgres.url();
      await postgres.ask(
        at,
        `create function slow() returns event_trigger language plpgsql as $$
           begin if not exists (select from pg_class where relname = 'made') then
             create temporary table made (); perform pg_sleep(${seconds}); end if; end $$;
         create event trigger slow on ddl_command_start when tag in ('CREATE INDEX') execute function slow()`,
      );
      // Past the answer that other statements are given up at.
      return openedForTest(at);
    };
    const openedBehind = async () => {
      const at = await postgres.url();
      const other = postgres.ask(at, 'select pg_advisory_lock(4728190365), pg_sleep(3)');
      const held = "select count(*) from pg_locks where locktype = 'advisory' and granted";
      await vi.waitFor(async () => expect(await postgres.ask(at, held)).toBe('1'), 5000);
      await Promise.all([openedForTest(at), other]);
    };
    const [slow, behind, endless] = await Promise.allSettled([openedSlowly(3), openedBehind(), openedSlowly(20)]);
    expect([slow, behind]).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }]);
    expect(endless).toMatchObject({ reason: { why: 'PostgreSQL took too long to answer' } });
  });

  it('a process that stands still while another brings the schema up to date is not given the lock', async () => {
    const at = await postgres.url();
    await using proxy = await postgresProxy(at);
    const other = new pg.Client({ connectionString: at });
    await other.connect();
    const lock = (how: string) => other.query(`select ${how}(4728190365)`);
    const granted = () => postgres.ask(at, "select count(*) from pg_locks where locktype = 'advisory' and granted");

    await lock('pg_advisory_lock');
    const standing = openedForTest(proxy.url).catch((error: unknown) => error);
    await proxy.breakAt('advisory_xact_lock', 'freeze');
    await lock('pg_advisory_unlock');
    expect(await granted()).toBe('0');
    await openedForTest(at);

    await other.end();
    expect(await standing).toMatchObject({ name: 'DatabaseFault' });
  });

  /** Begins a transaction that ends when it is told to. */
  async function holding(sql: Sql): Promise<() => Promise<unknown>> {
    const [begun, held] = [gate(), gate()];
    const work = sql
      .tx(async (tx) => {
        await add(tx, 'held');
        begun.release();
        await held.open;
      })
      .catch((error: unknown) => error);
    await begun.open;
    return () => {
      held.release();
      return work;
    };
  }

  it('a transaction that waits for another is an error and was not begun, whichever process has the other', async () => {
    const { sql, url } = opened;
    const other = await openedForTest(url);
    const end = await holding(sql);
    const [here, elsewhere] = [adding('here'), adding('elsewhere')];
    await Promise.all([
      expect(sql.tx(here)).rejects.toThrow('the transactions before this one took longer than 0.5 s'),
      expect(other.tx(elsewhere)).rejects.toThrow('another process keeps it locked'),
    ]);
    await end();
    expect(here).not.toHaveBeenCalled();
    expect(elsewhere).not.toHaveBeenCalled();
    expect(await other.tx(adding('later'))).toBe('later');
  });

  it('a process that does nothing within a transaction is cut off, and then learns why', async () => {
    const { sql, url } = opened;
    const other = await openedForTest(url);
    const end = await holding(sql);
    // As soon as the server has ended it.
    await vi.waitFor(() => other.tx(adding('other')), 10_000);
    expect(await end()).toMatchObject({ why: 'this process took too long within a transaction' });
    expect(await idsIn(sql)).toEqual(['other']);
  });

  it('a network that is silent in a transaction is waited for once', async () => {
    const { sql, proxy } = opened;
    const frozen = proxy.breakAt('insert into notes', 'freeze');
    const started = performance.now();
    await expect(sql.tx(adding('a'))).rejects.toThrow('did not answer in time');
    // Not once more for the rollback.
    expect(performance.now() - started).toBeLessThan(2 * 2500);
    await frozen;
    expect(await sql.tx(adding('b'))).toBe('b');
    expect(await idsIn(sql)).toEqual(['b']);
  });

  it('a commit without an answer, whose outcome nobody can be asked for, is said to be unknown', async () => {
    const { sql, proxy, ask } = opened;
    const cut = proxy.breakAt('commit', 'cut answer').then(() => {
      proxy.refuse = true;
    });
    const work = adding('a');
    await expect(sql.tx(work)).rejects.toThrow('whether this was stored is not known');
    await cut;
    expect(work).toHaveBeenCalledOnce();
    expect(await ask('select id from notes')).toBe('a');
  });

  it('a server that takes connections and says nothing is given up, as is one that takes none', async () => {
    await using proxy = await postgresProxy(await postgres.url());
    proxy.silent = true;
    await expect(openedAt(proxy.url)).rejects.toMatchObject({ why: expect.stringContaining('timeout') });
    proxy.refuse = true;
    await expect(openedAt(proxy.url)).rejects.toMatchObject({ why: 'the connection to PostgreSQL was lost' });
  });

  it('a server that has no connection left is asked again for a while', async () => {
    const { sql, ask, url } = opened;
    await ask(`create role few login password 'few' connection limit 1`);
    await ask(`grant all on all tables in schema public to few`);
    const few = Object.assign(new URL(url), { username: 'few', password: 'few' }).href;
    const first = await openedForTest(few);
    await first.snapshot(async () => {
      await expect(openedAt(few)).rejects.toMatchObject({ why: 'PostgreSQL has no connection left' });
    });
    expect(await idsIn(sql)).toEqual([]);
  });

  it('a shutdown does not wait for a connection that hangs', async () => {
    await using proxy = await postgresProxy(opened.url);
    const sql = await openedAt(proxy.url);
    const frozen = proxy.breakAt('pg_sleep', 'freeze');
    const reading = sql.query('select pg_sleep(0)').catch((error: unknown) => error);
    await frozen;
    let isAnswered = false;
    void reading.then(() => {
      isAnswered = true;
    });
    await sql.close();
    expect(isAnswered).toBe(false);
    expect(await reading).toBeInstanceOf(Error);
  });
});
