import { randomUUID } from 'node:crypto';
import type { AddNote, NoteOf, NotingTx } from './outbox.ts';
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
  /**
   * Releases a lock and takes the first out of its queue, with a note to them; returns the lock, or undefined when it had ended
   * or changed hands.
   */
  release(token: string, now: number, noteToNext?: NoteOf<QueueEntry>): Promise<Lock | undefined>;
  /** Gives the lock of `token` to another person; undefined when it has ended or changed hands meanwhile. */
  takeOver(
    token: string,
    to: { readonly owner: string; readonly reason: string; readonly channel: string } & Times,
    noteOf?: NoteOf<Lock>,
  ): Promise<{ readonly from: Lock; readonly lock: Lock } | undefined>;
  list(now: number): Promise<readonly Lock[]>;
  /** The locks of one service, of any owner. */
  of(service: string, now: number): Promise<readonly Lock[]>;
  byToken(token: string, now: number): Promise<Lock | undefined>;
  /** Removes the locks that have expired, with notes, and takes the first out of their queues. Over all processes, each once. */
  ended(now: number, noteOf?: NoteOf<Lock>, noteToNext?: NoteOf<QueueEntry>): Promise<readonly Lock[]>;
  /** Locks whose owners are to be reminded now, with notes; next time after `pause` ms. Over all processes, each once. */
  remind(now: number, pause: number, noteOf?: NoteOf<Lock>): Promise<readonly Lock[]>;
  /** Their place in the queue, counted from 1. Joining twice keeps the first place. */
  join(entry: QueueEntry): Promise<number>;
  leave(service: string, person: string): Promise<boolean>;
  /** Who waits for the service, first come first. */
  queue(service: string): Promise<readonly QueueEntry[]>;
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

const NO_NOTE = () => undefined;

export function createLocks(sql: Sql, notingTx: NotingTx): Locks {
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
    release: (token, now, noteToNext = NO_NOTE) =>
      notingTx(async (tx, addNote) => {
        const [released] = await locks(tx, 'delete from locks where token = $1 and until > $2 returning *', [
          token,
          now,
        ]);
        if (released) await callNext(tx, released.service, addNote, noteToNext);
        return released;
      }),
    takeOver: (token, { owner, reason, channel, until, remindAt, at }, noteOf = NO_NOTE) =>
      notingTx(async (tx, addNote) => {
        const [from] = await locks(tx, 'select * from locks where token = $1 and until > $2', [token, at]);
        if (!from) return undefined;
        const taken = await locks(
          tx,
          `update locks set owner = $2, reason = $3, token = $4, taken_at = $5, until = $6, remind_at = $7, channel = $8
           where token = $1 returning *`,
          [token, owner, reason, randomUUID(), at, until, remindAt, channel],
        );
        await addNote(noteOf(from));
        return { from, lock: onlyRow(taken) };
      }),
    list: (now) => all('select * from locks where until > $1 order by service, host', [now]),
    of: (service, now) => all('select * from locks where service = $1 and until > $2 order by host', [service, now]),
    byToken: (token, now) => one('select * from locks where token = $1 and until > $2', [token, now]),
    async ended(now, noteOf = NO_NOTE, noteToNext = NO_NOTE) {
      // Called every other second: the write lock is taken only when there is something to write.
      if ((await sql.query('select token from locks where until <= $1 limit 1', [now])).length === 0) return [];
      return notingTx(async (tx, addNote) => {
        const ended = await locks(tx, 'delete from locks where until <= $1 returning *', [now]);
        for (const lock of ended) {
          await addNote(noteOf(lock));
          await callNext(tx, lock.service, addNote, noteToNext);
        }
        return ended;
      });
    },
    async remind(now, pause, noteOf = NO_NOTE) {
      const due = 'remind_at <= $1 and until > $1';
      if ((await sql.query(`select token from locks where ${due} limit 1`, [now])).length === 0) return [];
      return notingTx(async (tx, addNote) => {
        const ending = await locks(tx, `update locks set remind_at = $1 + $2 where ${due} returning *`, [now, pause]);
        for (const lock of ending) await addNote(noteOf(lock));
        return ending;
      });
    },
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
  };
}

/** Takes the first out of the queue, with a note to them. */
async function callNext(tx: Queryable, service: string, addNote: AddNote, noteOf: NoteOf<QueueEntry>): Promise<void> {
  const [first] = await tx.query<QueueEntry>(
    `delete from lock_queue where service = $1
     and person = (select person from lock_queue where service = $1 order by at, person limit 1)
     returning service, person, channel, at`,
    [service],
  );
  if (first) await addNote(noteOf(first));
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
