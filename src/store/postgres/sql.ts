import { createOwnHandle } from '../own-handle.ts';
import type { Queryable, Sql, Value } from '../sql.ts';
import { unknownOutcome } from './faults.ts';
import type { Handle } from './handle.ts';
import { usingSession } from './pool.ts';
import { createReading } from './reading.ts';
import { transaction, type Writing } from './transaction.ts';
import { createTurns } from './turns.ts';

/** Statements that read. All others run in a transaction, so that none changes what another has read. */
const READS = /^\s*select\b/u;

/** The interface over a pool of connections. Transactions of this process take turns here, and those of all at the database. */
export function createSql(writing: Writing): Sql {
  const { pool } = writing;
  const reading = createReading(pool);
  const inTurn = createTurns(pool.shown);
  const underWay = new Set<Promise<unknown>>();
  const { mustBeOutside, inside } = createOwnHandle<Handle>();
  const track = async <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work);
    return work.finally(() => underWay.delete(work));
  };
  const tx = async <T>(work: (handle: Queryable) => Promise<T>): Promise<T> => {
    mustBeOutside();
    return track(inTurn(() => transaction(writing, 'alone', inside(work))));
  };
  return {
    async query<Row>(text: string, params?: readonly Value[]) {
      mustBeOutside();
      if (READS.test(text)) return reading.query<Row>(text, params);
      return track(transaction(writing, 'beside', (handle) => handle.query<Row>(text, params)));
    },
    async atomic<Row>(text: string, params?: readonly Value[]) {
      mustBeOutside();
      // Outside of a transaction: `read committed`, which looks again at a row that another has changed.
      return track(
        usingSession(pool, (session) =>
          session.run<Row>(text, params).catch((error: unknown) => {
            throw session.isLost ? unknownOutcome(pool.shown, error) : error;
          }),
        ),
      );
    },
    async *each<Row>(text: string, params?: readonly Value[]) {
      mustBeOutside();
      yield* reading.each<Row>(text, params);
    },
    tx,
    // Here the others wait for the disk of the server as well: the log is one, and has its order from its transactions.
    commitDurably: tx,
    async snapshot(work) {
      mustBeOutside();
      return track(reading.view(inside(work)));
    },
    async close() {
      mustBeOutside();
      await Promise.allSettled(underWay);
      await pool.close();
    },
  };
}
