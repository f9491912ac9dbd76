import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseFault, LOCKED } from './fault.ts';
import { WRITE_LOCK_MS } from './open.ts';
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
const MOST_KEPT = 10_000;

export function createDeliveries(sql: Sql, mostKept = MOST_KEPT): Deliveries {
  const record = ({ channel, ts, at }: Delivery): boolean => {
    const isFirst =
      sql.all('insert into deliveries (channel, ts, at) values ($1, $2, $3) on conflict do nothing returning ts', [
        channel,
        ts,
        at,
      ]).length === 1;
    if (isFirst) clean(at);
    return isFirst;
  };
  const clean = (now: number): void => {
    const oldest = sql.all<{ at: number }>('select at from deliveries order by at desc limit 1 offset $1', [mostKept]);
    sql.all('delete from deliveries where at <= $1', [Math.max(now - KEPT_MS, oldest[0]?.at ?? 0)]);
  };
  return {
    async isFirst(delivery) {
      const since = performance.now();
      for (;;) {
        const isFirst = await sql.tryTxThenSync(() => record(delivery));
        if (isFirst !== undefined) return isFirst;
        if (performance.now() - since > WRITE_LOCK_MS) throw new DatabaseFault(sql.path, LOCKED);
        await delay(5 + Math.random() * 20);
      }
    },
  };
}
