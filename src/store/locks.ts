import { randomUUID } from 'node:crypto';
import { onlyRow } from './rows.ts';
import type { Queryable, Sql, Value } from './sql.ts';

/** A lock by which one person keeps others from deploying a service, for some time. Times are Unix milliseconds. */
export interface Lock {
  readonly service: string;
  /** Undefined: on every host. */
  readonly host: string | undefined;
  readonly owner: string;
  readonly reason: string;
  readonly channel: string;
  /** Changes whenever the lock changes hands: a button made for one owner does nothing to the next. */
  readonly token: string;
  readonly takenAt: number;
  readonly until: number;
}

/** A lock that a person requests. */
export interface LockRequest extends Omit<Lock, 'host' | 'token' | 'takenAt'> {
  readonly host?: string;
  readonly at: number;
  /** When the owner is reminded that the lock ends. */
  readonly remindAt: number;
}

export type Acquired =
  /** `renewed`: the lock was theirs already. */
  | { readonly won: true; readonly lock: Lock; readonly renewed: boolean }
  /** Another person's lock, on the same hosts or on some of them. */
  | { readonly won: false; readonly lock: Lock };

/** One person waiting for a service. */
export interface QueueEntry {
  readonly service: string;
  readonly person: string;
  readonly channel: string;
  readonly at: number;
}

type Times = { readonly until: number; readonly remindAt: number; readonly at: number };

/** Locks of services. A lock past its `until` is free to everybody, whether or not it was removed. */
export interface Locks {
  acquire(request: LockRequest): Promise<Acquired>;
  /** Extends a lock; undefined when it has ended or changed hands. */
  renew(token: string, times: Times): Promise<Lock | undefined>;
  /** Releases a lock and returns it; undefined when it had ended or changed hands. */
  release(token: string, now: number): Promise<Lock | undefined>;
  /** Gives the lock of `token` to another person; undefined when it has ended or changed hands meanwhile. */
  takeOver(
    token: string,
    to: { readonly owner: string; readonly reason: string; readonly channel: string } & Times,
  ): Promise<{ readonly from: Lock; readonly lock: Lock } | undefined>;
  list(now: number): Promise<readonly Lock[]>;
  /** The locks of one service, of any owner. */
  of(service: string, now: number): Promise<readonly Lock[]>;
  byToken(token: string, now: number): Promise<Lock | undefined>;
  /** Removes the locks that have expired. Over all processes, each is returned once. */
  ended(now: number): Promise<readonly Lock[]>;
  /** Locks whose owners are to be reminded now; next time after `pause` ms. Over all processes, each once. */
  remind(now: number, pause: number): Promise<readonly Lock[]>;
  /** Their place in the queue, counted from 1. Joining twice keeps the first place. */
  join(entry: QueueEntry): Promise<number>;
  leave(service: string, person: string): Promise<boolean>;
  /** Who waits for the service, first come first. */
  queue(service: string): Promise<readonly QueueEntry[]>;
  /** Takes the first out of the queue. Over all processes, each is returned once. */
  next(service: string): Promise<QueueEntry | undefined>;
}

interface Row {
  readonly service: string;
  readonly host: string;
  readonly owner: string;
  readonly reason: string;
  readonly channel: string;
  readonly token: string;
  readonly taken_at: number;
  readonly until: number;
}

export function createLocks(sql: Sql): Locks {
  const all = (text: string, params: readonly Value[]) => locks(sql, text, params);
  const one = async (text: string, params: readonly Value[]) => (await all(text, params))[0];
  return {
    acquire: (request) => sql.tx((tx) => acquire(tx, request)),
    renew: (token, { until, remindAt, at }) =>
      one('update locks set until = $2, remind_at = $3 where token = $1 and until > $4 returning *', [
        token,
        until,
        remindAt,
        at,
      ]),
    release: (token, now) => one('delete from locks where token = $1 and until > $2 returning *', [token, now]),
    takeOver: (token, { owner, reason, channel, until, remindAt, at }) =>
      sql.tx(async (tx) => {
        const [from] = await locks(tx, 'select * from locks where token = $1 and until > $2', [token, at]);
        if (!from) return undefined;
        const taken = await locks(
          tx,
          `update locks set owner = $2, reason = $3, token = $4, taken_at = $5, until = $6, remind_at = $7, channel = $8
           where token = $1 returning *`,
          [token, owner, reason, randomUUID(), at, until, remindAt, channel],
        );
        return { from, lock: onlyRow(taken) };
      }),
    list: (now) => all('select * from locks where until > $1 order by service, host', [now]),
    of: (service, now) => all('select * from locks where service = $1 and until > $2 order by host', [service, now]),
    byToken: (token, now) => one('select * from locks where token = $1 and until > $2', [token, now]),
    ended: (now) => all('delete from locks where until <= $1 returning *', [now]),
    remind: (now, pause) =>
      all('update locks set remind_at = $1 + $2 where remind_at <= $1 and until > $1 returning *', [now, pause]),
    join: ({ service, person, channel, at }) =>
      sql.tx(async (tx) => {
        await tx.query(
          'insert into lock_queue (service, person, channel, at) values ($1, $2, $3, $4) on conflict do nothing',
          [service, person, channel, at],
        );
        return (await queueOf(tx, service)).findIndex((one) => one.person === person) + 1;
      }),
    async leave(service, person) {
      const left = await sql.query('delete from lock_queue where service = $1 and person = $2 returning person', [
        service,
        person,
      ]);
      return left.length === 1;
    },
    queue: (service) => queueOf(sql, service),
    async next(service) {
      const [first] = await sql.query<QueueEntry>(
        `delete from lock_queue where service = $1
         and person = (select person from lock_queue where service = $1 order by at, person limit 1)
         returning service, person, channel, at`,
        [service],
      );
      return first;
    },
  };
}

async function locks(sql: Queryable, text: string, params: readonly Value[]): Promise<Lock[]> {
  return (await sql.query<Row>(text, params)).map(shape);
}

async function acquire(tx: Queryable, request: LockRequest): Promise<Acquired> {
  const { service, host = '', owner, reason, channel, until, remindAt, at } = request;
  const [others] = await locks(
    tx,
    `select * from locks where service = $1 and until > $4 and owner <> $3 and (host = $2 or host = '' or $2 = '')
     order by host limit 1`,
    [service, host, owner, at],
  );
  if (others) return { won: false, lock: others };
  const [mine] = await locks(
    tx,
    `update locks set reason = case when $3 = '' then reason else $3 end, channel = $4, until = $5, remind_at = $6
     where service = $1 and host = $2 and until > $7 returning *`,
    [service, host, reason, channel, until, remindAt, at],
  );
  if (mine) return { won: true, lock: mine, renewed: true };
  // A lock that has ended may not have been removed yet.
  await tx.query('delete from locks where service = $1 and host = $2', [service, host]);
  const taken = await locks(
    tx,
    `insert into locks (service, host, owner, reason, channel, token, taken_at, until, remind_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *`,
    [service, host, owner, reason, channel, randomUUID(), at, until, remindAt],
  );
  return { won: true, lock: onlyRow(taken), renewed: false };
}

/** Another person's lock that keeps `person` from deploying; see `deployments.start`. */
export async function lockAgainst(
  sql: Queryable,
  { service, host, person, at }: { service: string; host: string; person: string; at: number },
): Promise<Lock | undefined> {
  const [lock] = await locks(
    sql,
    "select * from locks where service = $1 and (host = $2 or host = '') and owner <> $3 and until > $4 order by host limit 1",
    [service, host, person, at],
  );
  return lock;
}

function queueOf(sql: Queryable, service: string): Promise<QueueEntry[]> {
  return sql.query<QueueEntry>(
    'select service, person, channel, at from lock_queue where service = $1 order by at, person',
    [service],
  );
}

function shape(row: Row): Lock {
  return {
    service: row.service,
    host: row.host === '' ? undefined : row.host,
    owner: row.owner,
    reason: row.reason,
    channel: row.channel,
    token: row.token,
    takenAt: row.taken_at,
    until: row.until,
  };
}
