import type { Sql } from './sql.ts';

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
const MOST_KEPT = 50_000;
/** Messages that a process records between two removals of old ones. */
const CLEAN_EVERY = 500;

export function createDeliveries(sql: Sql, mostKept = MOST_KEPT, cleanEvery = CLEAN_EVERY): Deliveries {
  let recordedHere = 0;
  const clean = async (now: number): Promise<void> => {
    const oldest = await sql.query<{ at: number }>('select at from deliveries order by at desc limit 1 offset $1', [
      mostKept,
    ]);
    await sql.query('delete from deliveries where at <= $1', [Math.max(now - KEPT_MS, oldest[0]?.at ?? 0)]);
  };
  return {
    async isFirst({ channel, ts, at }) {
      const recorded = await sql.atomic(
        'insert into deliveries (channel, ts, at) values ($1, $2, $3) on conflict do nothing returning ts',
        [channel, ts, at],
      );
      if (recorded.length === 0) return false;
      // Apart from the record: what is being removed must not conflict with what others record.
      if (recordedHere % cleanEvery === 0) await clean(at);
      recordedHere += 1;
      return true;
    },
  };
}
