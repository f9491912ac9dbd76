import pg from 'pg';
import { type Postgres, startPostgres } from '../../bed/postgres.ts';

let server: Promise<Postgres> | undefined;
/** Of each database, by its own address: the address through PgBouncer. */
const bounced = new Map<string, string>();

/** The address of a new, empty database on a PostgreSQL that this test file shares. */
export async function newDatabase(): Promise<string> {
  server ??= startPostgres();
  const postgres = await server;
  const url = await postgres.url();
  const through = new URL(await postgres.bouncer());
  through.pathname = new URL(url).pathname;
  bounced.set(url, through.href);
  return url;
}

/** The same database through PgBouncer in transaction mode. */
export function throughBouncer(url: string): string {
  const found = bounced.get(url);
  if (found === undefined) throw new Error('That database was not made here.');
  return found;
}

/** Ends the server, if one was started. */
export async function stopServer(): Promise<void> {
  await (await server)?.stop();
}

/** All rows of a database, as text. */
export async function rowsOf(url: string): Promise<string> {
  const postgres = await server;
  if (!postgres) throw new Error('That database was not made here.');
  return postgres.ask(url, "select schema_to_xml('public', false, false, '')");
}

/** Runs one statement beside the bot; `?` stands for each value. */
export async function writeRow(url: string, text: string, values: readonly (string | number)[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  const parts = text.split('?');
  const numbered = parts.map((part, index) => (index === 0 ? part : `$${index}${part}`)).join('');
  await client.query(numbered, [...values]).finally(() => client.end());
}
