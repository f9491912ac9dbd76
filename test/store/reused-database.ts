import { openDatabase } from '../../src/store/database.ts';
import { createSigner } from '../../src/store/signer.ts';
import type { Postgres } from '../bed/postgres.ts';
import { KEYS } from './keys.ts';

/** What a new database has in its tables, kept beside them; and what was made since is removed again. */
const KEEP = `
  create schema pristine;
  do $$ declare one text; begin
    for one in select tablename from pg_tables where schemaname = 'public' loop
      execute format('create table pristine.%1$I as table public.%1$I', one);
    end loop;
  end $$`;
// Without triggers: those of the audit log refuse it, and those of foreign keys ask for an order.
const RESTORE = `
  set session_replication_role = replica;
  do $$ declare one text; kept boolean; begin
    for one, kept in select tablename, to_regclass(format('pristine.%I', tablename)) is not null
      from pg_tables where schemaname = 'public' loop
      if kept then
        execute format('delete from public.%I', one);
        execute format('insert into public.%1$I select * from pristine.%1$I', one);
      else
        execute format('drop table public.%I', one);
      end if;
    end loop;
  end $$`;

/**
 * Addresses of a database as the first start of Fairlead leaves it, the same each time: it is made once, since to make one
 * takes most of the time of a test, and set back for each test. What has it open from the test before is to be closed.
 */
export function reusedDatabase(postgres: () => Pick<Postgres, 'ask' | 'url'>, through = () => postgres().url()) {
  let made: Promise<string> | undefined;
  const make = async () => {
    const url = await through();
    const { sql } = await openDatabase(url, KEYS.record, createSigner(KEYS.record));
    await sql.close();
    await postgres().ask(url, KEEP);
    return url;
  };
  return async (): Promise<string> => {
    if (made === undefined) {
      made = make();
      return made;
    }
    const url = await made;
    await postgres().ask(url, RESTORE);
    return url;
  };
}
