import type { ReadableSql, Value } from '../sql.ts';
import type { Handle } from './handle.ts';
import { onFresh, type Pool } from './pool.ts';
import { openView } from './transaction.ts';

/** What only reads, over a pool of connections. */
export interface Reading extends ReadableSql {
  /** As `snapshot`, with the handle that tells when it has ended. */
  view<T>(work: (handle: Handle) => Promise<T>): Promise<T>;
}

export function createReading(pool: Pool): Reading {
  const view = async <T>(work: (handle: Handle) => Promise<T>): Promise<T> => {
    const { handle, end } = await openView(pool);
    try {
      return await work(handle);
    } finally {
      await end();
    }
  };
  return {
    view,
    snapshot: view,
    async query<Row>(text: string, params?: readonly Value[]) {
      // A pooler keeps no timeout that was set for the connection.
      if (pool.isPooled) return view((handle) => handle.query<Row>(text, params));
      const { session, value } = await onFresh(pool, (one) => one.run<Row>(text, params));
      session.release();
      return value;
    },
    async *each<Row>(text: string, params?: readonly Value[]) {
      const { handle, end } = await openView(pool);
      try {
        yield* handle.each<Row>(text, params);
      } finally {
        await end();
      }
    },
  };
}
