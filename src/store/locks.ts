import { randomUUID } from 'node:crypto';
import type { Sql } from './sql.ts';

/** A lease by which one person keeps others from deploying a service. Times are Unix milliseconds. */
export interface Lock {
  readonly service: string;
  /** Undefined: on every host. */
  readonly host: string | undefined;
  readonly owner: string;
  readonly reason: string;
  readonly channel: string;
  /** Changes whenever the lock changes hands: a button made for one holder does nothing to the next. */
  readonly token: string;
  readonly takenAt: number;
  readonly until: number;
}

export interface Wish extends Omit<Lock, 'host' | 'token' | 'takenAt'> {
  readonly host?: string;
  readonly at: number;
  /** When the holder is reminded that it ends. */
  readonly remindAt: number;
}

export type Acquired =
  /** `renewed`: it was theirs already. */
  | { readonly won: true; readonly lock: Lock; readonly renewed: boolean }
  /** Somebody else's, on the same hosts or on some of them. */
  | { readonly won: false; readonly lock: Lock };

/** One person waiting for a service. */
export interface Waiting {
  readonly service: string;
  readonly person: string;
  readonly channel: string;
  readonly at: number;
}

type Times = { readonly until: number; readonly remindAt: number; readonly at: number };

/** A lease that has ended is free to everybody, whether or not anyone has noticed. */
export interface Locks {
  acquire(wish: Wish): Promise<Acquired>;
  /** Undefined when it has ended or changed hands. */
  renew(token: string, times: Times): Promise<Lock | undefined>;
  /** The lock that was released; undefined when it had ended or changed hands. */
  release(token: string, now: number): Promise<Lock | undefined>;
  /** From whoever holds `token` to somebody else; undefined when it has ended or changed hands meanwhile. */
  takeOver(
    token: string,
    to: { readonly owner: string; readonly reason: string; readonly channel: string } & Times,
  ): Promise<{ readonly from: Lock; readonly lock: Lock } | undefined>;
  list(now: number): Promise<readonly Lock[]>;
  /** Those of one service, whoever holds them. */
  of(service: string, now: number): Promise<readonly Lock[]>;
  byToken(token: string, now: number): Promise<Lock | undefined>;
  /** Leases that ended by themselves. Over all processes, each is returned once. */
  ended(now: number): Promise<readonly Lock[]>;
  /** Locks whose holders are to be reminded now; next time after `pause` ms. Over all processes, each once. */
  remind(now: number, pause: number): Promise<readonly Lock[]>;
  /** Their place in the line, counted from 1. Joining twice keeps the first place. */
  join(waiting: Waiting): Promise<number>;
  leave(service: string, person: string): Promise<boolean>;
  line(service: string): Promise<readonly Waiting[]>;
  /** Takes the first out of the line. Over all processes, each is returned once. */
  next(service: string): Promise<Waiting | undefined>;
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
  const all = (text: string, params: (string | number)[]) => sql.all<Row>(text, params).map(shape);
  return {
    acquire: async (wish) => sql.tx(() => acquire(sql, wish)),
    renew: async (token, { until, remindAt, at }) =>
      all('update locks set until = $2, remind_at = $3 where token = $1 and until > $4 returning *', [
        token,
        until,
        remindAt,
        at,
      ])[0],
    release: async (token, now) =>
      all('delete from locks where token = $1 and until > $2 returning *', [token, now])[0],
    takeOver: async (token, { owner, reason, channel, until, remindAt, at }) =>
      sql.tx(() => {
        const from = all('select * from locks where token = $1 and until > $2', [token, at])[0];
        if (!from) return undefined;
        const lock = all(
          `update locks set owner = $2, reason = $3, token = $4, taken_at = $5, until = $6, remind_at = $7, channel = $8
           where token = $1 returning *`,
          [token, owner, reason, randomUUID(), at, until, remindAt, channel],
        )[0] as Lock;
        return { from, lock };
      }),
    list: async (now) => all('select * from locks where until > $1 order by service, host', [now]),
    of: async (service, now) =>
      all('select * from locks where service = $1 and until > $2 order by host', [service, now]),
    byToken: async (token, now) => all('select * from locks where token = $1 and until > $2', [token, now])[0],
    ended: async (now) => all('delete from locks where until <= $1 returning *', [now]),
    remind: async (now, pause) =>
      all('update locks set remind_at = $1 + $2 where remind_at <= $1 and until > $1 returning *', [now, pause]),
    async join({ service, person, channel, at }) {
      return sql.tx(() => {
        sql.all(
          'insert into lock_queue (service, person, channel, at) values ($1, $2, $3, $4) on conflict do nothing',
          [service, person, channel, at],
        );
        return waiting(sql, service).findIndex((one) => one.person === person) + 1;
      });
    },
    leave: async (service, person) =>
      sql.all('delete from lock_queue where service = $1 and person = $2 returning person', [service, person])
        .length === 1,
    line: async (service) => waiting(sql, service),
    next: async (service) =>
      sql.all<Waiting>(
        `delete from lock_queue where service = $1
         and person = (select person from lock_queue where service = $1 order by at, person limit 1)
         returning service, person, channel, at`,
        [service],
      )[0],
  };
}

function acquire(sql: Sql, { service, host = '', owner, reason, channel, until, remindAt, at }: Wish): Acquired {
  const others = sql.all<Row>(
    `select * from locks where service = $1 and until > $4 and owner <> $3 and (host = $2 or host = '' or $2 = '')
     order by host limit 1`,
    [service, host, owner, at],
  )[0];
  if (others) return { won: false, lock: shape(others) };
  const mine = sql.all<Row>(
    `update locks set reason = case when $3 = '' then reason else $3 end, channel = $4, until = $5, remind_at = $6
     where service = $1 and host = $2 and until > $7 returning *`,
    [service, host, reason, channel, until, remindAt, at],
  )[0];
  if (mine) return { won: true, lock: shape(mine), renewed: true };
  // One that has ended may still lie there.
  sql.all('delete from locks where service = $1 and host = $2', [service, host]);
  const taken = sql.all<Row>(
    `insert into locks (service, host, owner, reason, channel, token, taken_at, until, remind_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *`,
    [service, host, owner, reason, channel, randomUUID(), at, until, remindAt],
  )[0] as Row;
  return { won: true, lock: shape(taken), renewed: false };
}

/** The lock by which somebody else keeps `person` from deploying; see `deployments.start`. */
export function lockAgainst(
  sql: Sql,
  want: { readonly service: string; readonly host: string; readonly person: string; readonly at: number },
): Lock | undefined {
  const row = sql.all<Row>(
    "select * from locks where service = $1 and (host = $2 or host = '') and owner <> $3 and until > $4 order by host limit 1",
    [want.service, want.host, want.person, want.at],
  )[0];
  return row && shape(row);
}

function waiting(sql: Sql, service: string): Waiting[] {
  return sql.all<Waiting>(
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
