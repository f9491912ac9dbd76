import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseFault } from '../fault.ts';
import { onlyRow } from '../rows.ts';
import { isConflict, isUnsupported, READ_ONLY, unknownOutcome } from './faults.ts';
import { createHandle, type Handle } from './handle.ts';
import { onFresh, type Pool, usingSession } from './pool.ts';
import type { Session } from './session.ts';
import { IDLE_IN_TRANSACTION_MS, IDLE_IN_VIEW_MS, OUTCOME_MS, STATEMENT_MS, WRITE_LOCK_MS } from './waits.ts';

/** How often a transaction is run as a whole before its conflicts with others are an error. */
const MOST_ATTEMPTS = 8;

/** `alone`: after all others that are, over all processes. `beside`: at the same time as others. */
export type Kind = 'alone' | 'beside';

/** The newest version of the schema that this process knows, and writes. */
export interface Writing {
  readonly pool: Pool;
  readonly version: number;
}

const timeouts = (idleMs: number) =>
  `set local statement_timeout = ${STATEMENT_MS}; set local lock_timeout = ${WRITE_LOCK_MS};
   set local idle_in_transaction_session_timeout = ${idleMs}`;

/** Begins a transaction. The table is locked before the first look, so that nothing is seen that others change meanwhile. */
const BEGIN: Readonly<Record<Kind, string>> = {
  alone: beginning('lock table writing in exclusive mode;'),
  beside: beginning(''),
};

function beginning(lock: string): string {
  return `begin isolation level serializable; ${timeouts(IDLE_IN_TRANSACTION_MS)}; ${lock}
    select pg_current_xact_id()::text as id, (select coalesce(max(min_writer), 0) from versions) as needed`;
}

/** Null for a transaction so old that the server has forgotten it. */
const STATUS = 'select pg_xact_status($1::text::xid8) as status';

const BEGIN_VIEW = `begin isolation level repeatable read read only; ${timeouts(IDLE_IN_VIEW_MS)}`;

/** Runs `work` in a transaction, again as a whole when it conflicts with another. Rejects with a `DatabaseFault`. */
export async function transaction<T>(writing: Writing, kind: Kind, work: (handle: Handle) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(writing, kind, work);
    } catch (error) {
      if (!isConflict(error) || attempt === MOST_ATTEMPTS) throw error;
    }
    await delay(Math.random() * 10 * 2 ** attempt);
  }
}

async function once<T>({ pool, version }: Writing, kind: Kind, work: (handle: Handle) => Promise<T>): Promise<T> {
  const { session, value: begun } = await onFresh(pool, (one) => begin(one, kind, pool.shown));
  const { id, needed } = onlyRow(begun);
  const handle = createHandle(session);
  try {
    if (needed > version) throw tooOld(pool.shown, version, needed);
    const value = await work(handle);
    handle.end();
    if (handle.failure !== undefined) throw handle.failure;
    await commit(pool, session, id);
    return value;
  } catch (error) {
    handle.end();
    await session.script('rollback').catch(() => {});
    // What `work` made of a statement's error does not say that the whole may be run again.
    throw isConflict(handle.failure) ? handle.failure : error;
  } finally {
    session.release();
  }
}

/** A standby, which the primary may have become since the database was opened, has no serializable transactions. */
function begin(session: Session, kind: Kind, shown: string): Promise<Begun[]> {
  return session.script<Begun>(BEGIN[kind]).catch((error: unknown) => {
    throw isUnsupported(error) ? new DatabaseFault(shown, READ_ONLY.standby, { cause: error }) : error;
  });
}

/** The transaction's own number, and the version that a process has to know to write. */
type Begun = { readonly id: string; readonly needed: number };

function tooOld(shown: string, version: number, needed: number): DatabaseFault {
  return new DatabaseFault(shown, {
    why: `a newer Fairlead has changed it so that version ${needed} or newer must write to it, and this one writes version ${version}`,
    hint: 'Replace this process with the newer Fairlead.',
  });
}

async function commit(pool: Pool, session: Session, id: string): Promise<void> {
  try {
    await session.script('commit');
  } catch (error) {
    if (!session.isLost) throw error;
    // The answer is lost, and the commit perhaps not: to run it again blindly could do everything twice.
    const outcome = await outcomeOf(pool, id);
    if (outcome === 'committed') return;
    throw outcome === 'aborted' ? error : unknownOutcome(pool.shown, error);
  }
}

/** Asks, on another connection, what a commit came to; undefined when that cannot be found out in time. */
async function outcomeOf(pool: Pool, id: string): Promise<string | null | undefined> {
  const until = performance.now() + OUTCOME_MS;
  while (performance.now() < until) {
    const status = await usingSession(pool, (session) => session.run<{ status: string | null }>(STATUS, [id])).then(
      (rows) => onlyRow(rows).status,
      // The server is restarting.
      () => 'in progress',
    );
    if (status !== 'in progress') return status;
    await delay(100);
  }
  return undefined;
}

/** A view of the database as it is at the first statement. */
export interface View {
  readonly handle: Handle;
  end(): Promise<void>;
}

export async function openView(pool: Pool): Promise<View> {
  const { session } = await onFresh(pool, (one) => one.script(BEGIN_VIEW));
  const handle = createHandle(session);
  const end = async () => {
    handle.end();
    await session.script('rollback').catch(() => {});
    session.release();
  };
  return { handle, end };
}
