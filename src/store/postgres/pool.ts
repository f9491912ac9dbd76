import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Address } from './address.ts';
import { asFault, isRefusedSetting, isWithoutTls, mayPass } from './faults.ts';
import { askServer, type Server } from './server.ts';
import { type Session, sessionOn, TYPES } from './session.ts';
import { whenGoneOn } from './still.ts';
import { ANSWER_MS, CLOSE_MS, CONNECT_MS, IDLE_IN_VIEW_MS, RESTART_MS, STATEMENT_MS, WRITE_LOCK_MS } from './waits.ts';

/** Connections of one process to one database. */
export interface Pool {
  readonly shown: string;
  /** Whether each transaction has to set its own timeouts, since a pooler between keeps no settings of a connection. */
  readonly isPooled: boolean;
  /** What the server said of itself when the pool was opened. */
  readonly server: Server;
  /** Takes a connection, which has to be released; each answer is waited for that long. Rejects with a `DatabaseFault`. */
  take(answerMs?: number): Promise<Session>;
  /** A connection that is none of the pool's, still to be made. */
  own(): pg.Client;
  close(): Promise<void>;
}

/** Most connections of one process: one that writes in turn, the others for what reads. */
const MOST = 10;
const IDLE_MS = 30_000;

/** What a server shows of this process, in pg_stat_activity for one. */
const NAME = `fairlead ${hostname().slice(0, 40)} ${process.pid}`;

/** Settings that are made with the connection. PgBouncer refuses them, or was told to ignore them. */
const SETTINGS = {
  statement_timeout: STATEMENT_MS,
  lock_timeout: WRITE_LOCK_MS,
  idle_in_transaction_session_timeout: IDLE_IN_VIEW_MS,
};

/** Connects, and finds out whether a pooler is between. Rejects with a `DatabaseFault`. */
export async function openPool(address: Address): Promise<Pool> {
  const direct = poolOf(address, SETTINGS);
  try {
    const server = await serverOf(direct);
    if (server.statementTimeout === STATEMENT_MS) return { ...direct, isPooled: false, server };
  } catch (error) {
    if (address.isTlsOptional && isWithoutTls(error)) {
      await direct.close();
      return openPool({ ...address, tls: undefined, isTlsOptional: false });
    }
    if (!isRefusedSetting(error)) {
      await direct.close();
      throw error;
    }
  }
  await direct.close();
  return openPooled(address);
}

/** Connects through a pooler, which keeps no settings of a connection. */
async function openPooled(address: Address): Promise<Pool> {
  const pool = poolOf(address, {});
  try {
    return { ...pool, isPooled: true, server: await serverOf(pool) };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

const serverOf = (pool: Pick<Pool, 'shown' | 'take'>): Promise<Server> =>
  usingSession(pool, (session) => askServer(session, pool.shown));

/** Runs `work` on a connection of the pool. Rejects as `take` does, and with what `work` rejects with. */
export async function usingSession<T>(pool: Pick<Pool, 'take'>, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await pool.take();
  try {
    return await work(session);
  } finally {
    session.release();
  }
}

/**
 * Runs the first statements on a connection, which has to be released. One that broke while it was idle is found out here,
 * where nothing is lost by taking another: `first` may run twice.
 */
export async function onFresh<T>(
  pool: Pick<Pool, 'take'>,
  first: (session: Session) => Promise<T>,
  isAgain = false,
): Promise<{ readonly session: Session; readonly value: T }> {
  const session = await pool.take();
  try {
    return { session, value: await first(session) };
  } catch (error) {
    await session.script('rollback').catch(() => {});
    session.release();
    if (isAgain || !session.isLost) throw error;
    return onFresh(pool, first, true);
  }
}

function poolOf(address: Address, settings: Partial<typeof SETTINGS>): Omit<Pool, 'isPooled' | 'server'> {
  const { host, port, user, password, database, shown } = address;
  const connection = {
    host,
    port,
    user,
    password,
    database,
    ssl: address.tls ?? false,
    application_name: NAME,
    types: TYPES,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...settings,
  };
  const pool = new pg.Pool({ ...connection, max: MOST, idleTimeoutMillis: IDLE_MS });
  // A connection that breaks while nobody uses it is replaced by the next that is needed.
  pool.on('error', () => {});
  return {
    shown,
    own: () => new pg.Client(connection),
    async take(answerMs = ANSWER_MS) {
      await whenGoneOn();
      const until = performance.now() + RESTART_MS;
      for (;;) {
        try {
          return sessionOn(await pool.connect(), shown, answerMs);
        } catch (error) {
          if (!mayPass(error) || performance.now() > until) throw asFault(error, shown);
        }
        await delay(50 + Math.random() * 100);
      }
    },
    async close() {
      await Promise.race([pool.end(), delay(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}
