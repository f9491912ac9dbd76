import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseFault, type Reasons } from '../fault.ts';
import { SHARED } from '../migrations/index.ts';
import { onlyRow } from '../rows.ts';
import type { Signer } from '../signer.ts';
import { beginSigning, takeStep } from '../signing.ts';
import type { Queryable } from '../sql.ts';
import { isUndefined, LOCKED } from './faults.ts';
import { FIRST_SCHEMA, FIRST_VERSION } from './first-schema.ts';
import { createHandle } from './handle.ts';
import type { Pool } from './pool.ts';
import { createReading } from './reading.ts';
import type { Session } from './session.ts';
import { openView } from './transaction.ts';
import { MIGRATION } from './waits.ts';

/** The version of the schema that this Fairlead writes; the same number as SQLite's. */
export const NEWEST = FIRST_VERSION + SHARED.length;

/** What is there, and what may be done with it by a Fairlead that knows versions up to `newest`. */
export interface Found {
  /** 0: nothing of Fairlead's. */
  readonly version: number;
  /** What a process has to know at least to read and to write it. */
  readonly minReader: number;
  readonly minWriter: number;
}

/**
 * Two processes that start at once bring the schema up to date one after the other. The number is of no meaning. Tried again
 * instead of waited for: a function that is frozen while it waits would be given the lock, and keep it.
 */
const BEGIN = `begin; set local statement_timeout = ${MIGRATION.STATEMENT_MS}; set local lock_timeout = ${MIGRATION.LOCK_MS};
  set local idle_in_transaction_session_timeout = ${MIGRATION.IDLE_MS};
  select pg_try_advisory_xact_lock(4728190365) as "isAlone"`;

const TABLES: readonly string[] = [
  'create table versions (version bigint primary key, min_reader bigint not null, min_writer bigint not null)',
  // It has no rows: who locks it writes alone, as long as its transaction lasts.
  'create table writing (one bigint primary key)',
];

/** Brings the schema up to date, all or nothing, and resolves to what was there before. Rejects with a `DatabaseFault`. */
export async function migrate(pool: Pool, signer: Signer): Promise<Found> {
  const before = await lookFast(pool);
  if (before.version >= NEWEST) {
    mustFit(before, 'write', pool.shown);
    return before;
  }
  const session = await pool.take(MIGRATION.ANSWER_MS);
  const handle = createHandle(session);
  try {
    await beginAlone(session, pool.shown);
    const found = await look(handle, pool.shown);
    await advance(handle, signer, found);
    await session.script('commit');
    return found;
  } catch (error) {
    await session.script('rollback').catch(() => {});
    // A table or function of that name is there already.
    throw ['42P07', '42723'].includes((error as { code?: string }).code ?? '') ? notOurs(pool.shown, error) : error;
  } finally {
    session.release();
  }
}

async function beginAlone(session: Session, shown: string): Promise<void> {
  const until = performance.now() + MIGRATION.LOCK_MS;
  while (!onlyRow(await session.script<{ isAlone: boolean }>(BEGIN)).isAlone) {
    await session.script('rollback');
    if (performance.now() > until) throw new DatabaseFault(shown, LOCKED);
    await delay(MIGRATION.AGAIN_MS);
  }
}

/** In one round trip, where there is something of Fairlead's. */
async function lookFast(pool: Pool): Promise<Found> {
  try {
    return onlyRow(await createReading(pool).query<Found>(FOUND));
  } catch (error) {
    if (!isUndefined(error)) throw error;
    return inView(pool, (view) => look(view, pool.shown));
  }
}

async function inView<T>(pool: Pool, work: (view: Queryable) => Promise<T>): Promise<T> {
  const { handle, end } = await openView(pool);
  try {
    return await work(handle);
  } finally {
    await end();
  }
}

async function advance(tx: Queryable, signer: Signer, { version }: Found): Promise<void> {
  if (version === 0) {
    for (const text of [...TABLES, ...FIRST_SCHEMA]) await tx.query(text);
    await beginSigning(tx, signer);
    await record(tx, FIRST_VERSION);
  } else await tx.query('lock table writing in exclusive mode');
  for (const [index, step] of SHARED.entries()) {
    const number = FIRST_VERSION + index + 1;
    if (number <= version) continue;
    await takeStep(tx, signer, step);
    await record(tx, number, step.stops);
  }
}

function record(tx: Queryable, version: number, stops?: 'writers' | 'all'): Promise<unknown> {
  return tx.query('insert into versions (version, min_reader, min_writer) values ($1, $2, $3)', [
    version,
    stops === 'all' ? version : 0,
    stops === undefined ? 0 : version,
  ]);
}

const FOUND = `select coalesce(max(version), 0) as version, coalesce(max(min_reader), 0) as "minReader",
  coalesce(max(min_writer), 0) as "minWriter" from versions`;

/** Looks at the schema. Throws a `DatabaseFault` when the tables are another program's. */
export async function look(view: Queryable, shown: string): Promise<Found> {
  const columns = await view.query<{ name: string }>(
    "select column_name as name from information_schema.columns where table_schema = current_schema() and table_name = 'versions'",
  );
  if (columns.length === 0) return { version: 0, minReader: 0, minWriter: 0 };
  const names = new Set(columns.map(({ name }) => name));
  if (['version', 'min_reader', 'min_writer'].some((name) => !names.has(name))) throw notOurs(shown);
  return onlyRow(await view.query<Found>(FOUND));
}

function notOurs(shown: string, cause?: unknown): DatabaseFault {
  const why = 'it has a table of another program';
  const hint = 'Make a database for Fairlead alone, and let DATABASE_URL name it.';
  return new DatabaseFault(shown, { why, hint }, { cause });
}

/** Throws a `DatabaseFault` when this version may not do it. */
export function mustFit({ version, minReader, minWriter }: Found, to: 'read' | 'write', shown: string): void {
  const needed = to === 'read' ? minReader : minWriter;
  if (needed <= NEWEST) return;
  const reasons: Reasons = {
    why: `it is at version ${version}, which Fairlead must know version ${needed} to ${to}, and this one knows versions up to ${NEWEST}`,
    hint: 'Start the newer Fairlead that changed it, or restore a backup from before the upgrade.',
  };
  throw new DatabaseFault(shown, reasons);
}
