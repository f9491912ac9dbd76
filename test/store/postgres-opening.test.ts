import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, openForReading } from '../../src/store/database.ts';
import { createSigner } from '../../src/store/signer.ts';
import type { Sql } from '../../src/store/sql.ts';
import { openStore } from '../../src/store/store.ts';
import { describeWithPostgres, type Postgres, startPostgres } from '../bed/postgres.ts';
import { KEYS } from './keys.ts';
import { openedForTest } from './postgres-opened.ts';
import { postgresProxy } from './postgres-proxy.ts';

describeWithPostgres('opening a database of PostgreSQL', () => {
  let postgres: Postgres;
  let url: string;
  beforeAll(async () => {
    postgres = await startPostgres();
    url = await postgres.url();
  });
  afterAll(() => postgres.stop());
  const origin = async (at: string) => {
    const { sql, origin } = await openDatabase(at, KEYS.record, createSigner(KEYS.record));
    await sql.close();
    return origin;
  };

  it.each([
    ['a wrong password', { password: 'wrong-4b1d' }, 'the password is wrong'],
    ['no password', { password: '' }, 'the server asks for a password'],
    ['a user that is not there', { username: 'nobody' }, 'the password is wrong'],
    ['a database that is not there', { pathname: '/nowhere' }, 'there is no such database'],
    ['a name that nobody knows', { hostname: 'db.invalid' }, 'db.invalid'],
    ['a port where nothing listens', { port: '1' }, 'ECONNREFUSED'],
    ['TLS that the server does not have', { search: 'sslmode=require' }, 'the server has no TLS'],
    ['a folder without a socket', { search: 'host=/nowhere' }, 'ENOENT'],
  ])('with %s is refused with the cause, and without the password', async (_, change, why) => {
    const refused = await openStore(Object.assign(new URL(url), change).href, KEYS).catch((error: unknown) => error);
    expect(refused).toMatchObject({ message: expect.stringContaining(why), hint: expect.stringContaining('.') });
    const { message, hint } = refused as { readonly message: string; readonly hint: string };
    expect(message + hint).not.toContain(new URL(url).password);
    expect(message + hint).not.toContain('wrong-4b1d');
  });

  it('through the folder of its socket uses no network', async () => {
    const at = await postgres.url();
    const folder = await postgres.ask(at, 'show unix_socket_directories');
    expect(await origin(Object.assign(new URL(at), { search: `host=${folder}` }).href)).toBe('new');
  });

  it('through a pooler in statement mode is refused, with the mode to set', async () => {
    await expect(origin(await postgres.bouncer('statements'))).rejects.toMatchObject({
      why: 'the pooler before PostgreSQL keeps no transactions together',
      hint: expect.stringContaining('pool_mode'),
    });
  });

  it('makes the tables of a new one once, though others open it at the same time', async () => {
    const at = await postgres.url();
    expect((await Promise.all([origin(at), origin(at), origin(at)])).sort()).toEqual(['existing', 'existing', 'new']);
    expect(await postgres.ask(at, 'select count(*) = max(version) - 15 from versions')).toBe('t');
  });

  it.each([
    ['whose versions are of another program', 'create table versions (id text)'],
    ['that has a table of ours already', 'create table audit (id text)'],
    ['that has a function of ours already', 'create function refuse_audit_change() returns int language sql return 1'],
  ])('%s is refused, and it stays as it was', async (_, made) => {
    const at = await postgres.url();
    await postgres.ask(at, made);
    const tables = () =>
      postgres.ask(at, "select string_agg(relname, ' ') from pg_class where relnamespace = 'public'::regnamespace");
    const before = await tables();
    await expect(origin(at)).rejects.toMatchObject({ why: 'it has a table of another program' });
    expect(await tables()).toBe(before);
  });

  it('of a newer Fairlead goes on as long as that one lets it write', async () => {
    const at = await postgres.url();
    const sql = await openedForTest(at);
    await postgres.ask(at, 'insert into versions values (98, 0, 0)');
    expect(await origin(at)).toBe('existing');
    await sql.tx((tx) => tx.query('delete from deliveries'));
    await postgres.ask(at, 'insert into versions values (99, 0, 99)');
    await expect(origin(at)).rejects.toMatchObject({ why: expect.stringContaining('it is at version 99') });
    await expect(sql.tx((tx) => tx.query('delete from deliveries'))).rejects.toMatchObject({
      why: expect.stringContaining('version 99 or newer must write to it'),
    });
    expect(await sql.query('select count(*) as count from deliveries')).toEqual([{ count: 0 }]);
  });

  it('is refused to a user that may not make tables', async () => {
    const at = await postgres.url();
    await postgres.ask(at, "create role reader login password 'reads'");
    const reader = Object.assign(new URL(at), { username: 'reader', password: 'reads' }).href;
    await expect(origin(reader)).rejects.toMatchObject({ why: 'the user may not do this' });
  });

  it('whose transactions are read-only is refused, and refuses the writes of who has it open, until that is taken back', async () => {
    const at = await postgres.url();
    await using proxy = await postgresProxy(at);
    const sql = await openedForTest(proxy.url);
    const isReadOnly = (value: 'on' | 'off') =>
      postgres.ask(
        at,
        `set transaction read write; alter database ${new URL(at).pathname.slice(1)} set default_transaction_read_only = ${value}`,
      );
    await isReadOnly('on');
    await expect(origin(at)).rejects.toMatchObject({
      why: 'it takes no writes: default_transaction_read_only is on',
    });
    // A connection keeps what it was made with.
    proxy.failOver(at);
    const clear = (on: Pick<Sql, 'query'>) => on.query('delete from budgets');
    await expect(sql.tx(clear)).rejects.toMatchObject({ why: 'it takes no writes' });
    await expect(sql.atomic('delete from budgets')).rejects.toMatchObject({ why: 'it takes no writes' });
    await isReadOnly('off');
    expect(await origin(at)).toBe('existing');
  });

  it('on a standby is refused, also to a process whose address comes to mean one, and can be read', async () => {
    const at = await postgres.url();
    await using proxy = await postgresProxy(at);
    const sql = await openedForTest(proxy.url);
    const standby = await postgres.standby();
    const copy = standby.url(at);
    const refusal = {
      why: 'it is a standby, which only copies another server',
      hint: expect.stringContaining('primary'),
    };
    await expect(origin(copy)).rejects.toMatchObject(refusal);
    const read = await openForReading(copy);
    expect(await read.sql.query('select count(*) as count from audit')).toEqual([{ count: 0 }]);
    await read.close();

    proxy.failOver(copy);
    const write = () => sql.tx((tx) => tx.query('insert into budgets values ($1, 1) returning person', ['U1']));
    await expect(write()).rejects.toMatchObject(refusal);
    expect(await sql.query('select person from budgets')).toEqual([]);
    await standby.promote();
    expect(await write()).toEqual([{ person: 'U1' }]);
    expect(await origin(copy)).toBe('existing');
  });

  // There is one real version here: a proxy changes the number that the server gives.
  it.each([
    ['120022', '12.22'],
    ['090624', '9.6.24'],
  ])('on a server that calls its version %s is refused, with the version it needs', async (number, version) => {
    const at = await postgres.url();
    await using proxy = await postgresProxy(at);
    proxy.rewrite = [await postgres.ask(at, 'show server_version_num'), number];
    const refusal = { why: `it is PostgreSQL ${version}, and Fairlead needs version 13 or newer` };
    await expect(origin(proxy.url)).rejects.toMatchObject(refusal);
    await expect(openForReading(proxy.url)).rejects.toMatchObject(refusal);
    expect(await postgres.ask(at, 'select count(*) from pg_class where relnamespace = 2200')).toBe('0');
  });

  it('names the program and its version, through a pooler too', async () => {
    const at = await postgres.bouncer();
    const store = await openStore(at, KEYS);
    await store.close();
    expect(store.software).toBe(`PostgreSQL ${(await postgres.ask(at, 'show server_version')).split(' ')[0]}`);
  });

  it.each([
    ['53100', 'the disk of PostgreSQL is full'],
    ['53200', 'raised'],
    ['XX001', 'PostgreSQL found damaged data'],
    ['57P03', 'PostgreSQL is starting up or shutting down'],
  ])('later answers of the server are named as well: %s', async (state, why) => {
    const sql = await openedForTest(url);
    const raised = sql.query(`do $$ begin raise exception 'raised' using errcode = '${state}'; end $$`);
    await expect(raised).rejects.toMatchObject({ name: 'DatabaseFault', why });
  });

  it('what a statement itself is at fault for stays what it is', async () => {
    const sql = await openedForTest(url);
    await expect(sql.query('select nothing from nowhere')).rejects.toMatchObject({ name: 'error', code: '42P01' });
    // Such a text cannot be stored; what is stored can be read.
    expect(await sql.query('select $1::text as text', ['a\0b'])).toEqual([{ text: 'a\u{fffd}b' }]);
  });

  it('a commit that breaks a rule of the database does nothing, and the connection goes on', async () => {
    const at = await postgres.url();
    const sql = await openedForTest(at);
    await postgres.ask(
      at,
      'create table pairs (id int primary key, other int references pairs deferrable initially deferred)',
    );
    const broken = sql.tx((tx) => tx.query('insert into pairs values (1, 2)'));
    await expect(broken).rejects.toMatchObject({ name: 'error', code: '23503' });
    expect(await sql.query('select count(*) as count from pairs')).toEqual([{ count: 0 }]);
  });

  it('a transaction that conflicts with others is run again, and given up after a while', async () => {
    const sql = await openedForTest(url);
    const conflict = "do $$ begin raise exception 'raised' using errcode = '40001'; end $$";
    let runs = 0;
    const twice = sql.tx(async (tx) => {
      runs += 1;
      // What the work makes of it does not count.
      if (runs < 3) await tx.query(conflict).catch(() => Promise.reject(new Error('ours')));
      return runs;
    });
    expect(await twice).toBe(3);
    runs = 0;
    const always = sql.tx(async (tx) => {
      runs += 1;
      await tx.query(conflict).catch(() => {});
    });
    await expect(always).rejects.toMatchObject({ why: expect.stringContaining('again and again') });
    expect(runs).toBe(8);
  });
});
