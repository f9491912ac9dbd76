import type { Queryable, Sql } from './sql.ts';

/** A message of Slack. Edits and repeated deliveries of one have the same channel and `ts`. */
export interface Delivery {
  readonly channel: string;
  readonly ts: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Messages whose commands were carried out, for all processes on a store, and after a restart. */
export interface Deliveries {
  /** Records a message; false when it was recorded before. Rejects when the database cannot be written. */
  isFirst(delivery: Delivery): Promise<boolean>;
}

/** Slack repeats an event for some minutes. */
const KEPT_MS = 24 * 60 * 60_000;
const MOST_KEPT = 10_000;

export function createDeliveries(sql: Sql, mostKept = MOST_KEPT): Deliveries {
  const clean = async (tx: Queryable, now: number): Promise<void> => {
    const oldest = await tx.query<{ at: number }>('select at from deliveries order by at desc limit 1 offset $1', [
      mostKept,
    ]);
    await tx.query('delete from deliveries where at <= $1', [Math.max(now - KEPT_MS, oldest[0]?.at ?? 0)]);
  };
  return {
    isFirst: ({ channel, ts, at }) =>
      sql.commitDurably(async (tx) => {
        const recorded = await tx.query(
          'insert into deliveries (channel, ts, at) values ($1, $2, $3) on conflict do nothing returning ts',
          [channel, ts, at],
        );
        if (recorded.length === 0) return false;
        await clean(tx, at);
        return true;
      }),
  };
}
