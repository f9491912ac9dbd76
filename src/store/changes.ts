import type { Queryable, Sql } from './sql.ts';

/** One event that is to be sent to one receiver. The facts are read from its deployment when it is sent. */
export interface PendingChange {
  /** Of the event, the same for all receivers and all attempts: a receiver tells duplicates by it. */
  readonly id: string;
  readonly receiver: string;
  readonly deployment: string;
  readonly type: string;
  /** The process that is sending it; undefined when none is. */
  readonly owner: string | undefined;
  /** How often a process has claimed it. */
  readonly tries: number;
}

/** An event that was given up. */
export interface FailedChange extends Omit<PendingChange, 'owner'> {
  /** Unix milliseconds. */
  readonly failedAt: number;
  readonly why: string;
}

/** Events to be sent to receivers outside, kept until they are delivered or given up. */
export interface Changes {
  /** The first event of each receiver, in the order in which they happened. */
  next(): Promise<readonly PendingChange[]>;
  /** Claims an event for the process `by`; false when another process claimed or sent it since it was read. */
  claim(change: PendingChange, by: string): Promise<boolean>;
  /** Releases an event that was not delivered: any process may claim it. */
  release(change: PendingChange, by: string): Promise<void>;
  /** Removes an event that was delivered, or that nobody is to be told of. */
  remove(change: PendingChange, by: string): Promise<void>;
  /** Gives an event up; the newest of those are kept, to be shown. */
  fail(change: PendingChange, by: string, end: { readonly why: string; readonly at: number }): Promise<void>;
  /** Events that were given up since then (Unix milliseconds), newest first. */
  failed(query: { readonly since: number; readonly limit: number }): Promise<readonly FailedChange[]>;
  /** How many events wait to be sent, by receiver. */
  waiting(): Promise<ReadonlyMap<string, number>>;
}

/** The hint that there are events to be sent. */
export const CHANGES = 'changes';

/** Events that were given up and are kept. */
const MOST_FAILED = 200;

interface Row {
  readonly id: string;
  readonly receiver: string;
  readonly deployment: string;
  readonly type: string;
  readonly owner: string | null;
  readonly tries: number;
}

/** What happened to a deployment; `again` tells it from the same event before, whose receivers know that one by its id. */
export type NewChange = Pick<PendingChange, 'deployment' | 'type'> & { readonly again?: number | undefined };

/** An event of a deployment, as part of the transaction in which it happens. */
export async function addChanges(
  tx: Queryable,
  { deployment, type, again }: NewChange,
  receivers: readonly string[],
): Promise<void> {
  const id = `${deployment}.${type}${again === undefined ? '' : `.${again}`}`;
  for (const receiver of receivers)
    await tx.query(
      // One that still waits says how things are when it is sent.
      `insert into changes (id, receiver, seq, deployment, type)
       values ($1, $2, (select coalesce(max(seq), 0) + 1 from changes), $3, $4) on conflict (id, receiver) do nothing`,
      [id, receiver, deployment, type],
    );
}

export function createChanges(sql: Sql): Changes {
  return {
    async next() {
      const rows = await sql.query<Row>(
        `select id, receiver, deployment, type, owner, tries from changes
         where seq in (select min(seq) from changes where failed_at is null group by receiver) order by seq`,
      );
      return rows.map((row) => ({ ...row, owner: row.owner ?? undefined }));
    },
    async claim({ id, receiver, owner, tries }, by) {
      const mine = await sql.query(
        `update changes set owner = $1, tries = tries + 1
         where id = $2 and receiver = $3 and coalesce(owner, '') = $4 and tries = $5 and failed_at is null returning id`,
        [by, id, receiver, owner ?? '', tries],
      );
      return mine.length === 1;
    },
    async release({ id, receiver }, by) {
      await sql.query('update changes set owner = null where id = $1 and receiver = $2 and owner = $3', [
        id,
        receiver,
        by,
      ]);
    },
    async remove({ id, receiver }, by) {
      await sql.query('delete from changes where id = $1 and receiver = $2 and owner = $3', [id, receiver, by]);
    },
    fail: ({ id, receiver }, by, { why, at }) =>
      sql.tx(async (tx) => {
        await tx.query(
          'update changes set owner = null, failed_at = $4, why = $5 where id = $1 and receiver = $2 and owner = $3',
          [id, receiver, by, at, why],
        );
        await tx.query(
          `delete from changes where failed_at is not null and seq < (select min(seq) from
             (select seq from changes where failed_at is not null order by seq desc limit ${MOST_FAILED}) as newest)`,
        );
      }),
    async failed({ since, limit }) {
      const rows = await sql.query<Row & { readonly failed_at: number; readonly why: string }>(
        `select id, receiver, deployment, type, tries, failed_at, why from changes where failed_at >= $1
         order by failed_at desc, seq desc limit $2`,
        [since, limit],
      );
      return rows.map(({ id, receiver, deployment, type, tries, failed_at: failedAt, why }) => ({
        id,
        receiver,
        deployment,
        type,
        tries,
        failedAt,
        why,
      }));
    },
    async waiting() {
      const rows = await sql.query<{ receiver: string; count: number }>(
        'select receiver, count(*) as count from changes where failed_at is null group by receiver',
      );
      return new Map(rows.map(({ receiver, count }) => [receiver, Number(count)]));
    },
  };
}
