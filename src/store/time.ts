import { onlyRow } from './rows.ts';
import type { Queryable } from './sql.ts';

/**
 * The time that all processes on a store go by: the database's, since clocks of machines differ and may be set. Otherwise one
 * whose clock is an hour ahead would end what the others have just begun.
 */
export interface StoreTime {
  /** Unix milliseconds. */
  now(): number;
  /** By how much this machine's clock is ahead of the database's, in milliseconds; 0 within a second. */
  aheadMs(): number;
  /** Compares the two clocks. Rejects when the database does not answer; what was found before counts on then. */
  compare(): Promise<void>;
}

/**
 * A date of a process that is further ahead of now is from before the clock was set back, in milliseconds: processes at a
 * command line and older ones on the same store may differ by so much.
 */
export const AHEAD_MS = 60_000;

/** Less is no difference: an answer takes time, too. */
const SAME_MS = 1000;

/** By how much a clock here is ahead of one that was read in between, in milliseconds; undefined when the answer took too long. */
export function aheadOf(theirs: number, sentAt: number, receivedAt: number): number | undefined {
  if (Math.abs(receivedAt - sentAt) > SAME_MS) return undefined;
  const aheadMs = Math.round((sentAt + receivedAt) / 2 - theirs);
  return Math.abs(aheadMs) < SAME_MS ? 0 : aheadMs;
}

/** Where a database is on the machine itself, they have one clock. */
export const OWN_TIME: StoreTime = { now: () => Date.now(), aheadMs: () => 0, async compare() {} };

/** `clock`: milliseconds by the database's clock, in SQL. `ahead`: what a comparison gave just now. */
export function createSharedTime(sql: Pick<Queryable, 'query'>, clock: string, ahead: number): StoreTime {
  let aheadMs = ahead;
  let compared = { wall: Date.now(), kernel: performance.now() };
  return {
    now() {
      const wall = Date.now();
      const expected = compared.wall + performance.now() - compared.kernel;
      // The kernel's clock stands still where the machine does, so it shows only that the other one was set back.
      return (wall < expected - SAME_MS ? Math.round(expected) : wall) - aheadMs;
    },
    aheadMs: () => aheadMs,
    async compare() {
      const sentAt = Date.now();
      const { now } = onlyRow(await sql.query<{ now: number }>(`select ${clock} as now`));
      const receivedAt = Date.now();
      const found = aheadOf(now, sentAt, receivedAt);
      if (found === undefined) return;
      aheadMs = found;
      compared = { wall: receivedAt, kernel: performance.now() };
    },
  };
}
