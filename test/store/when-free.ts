import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Does something to a database file on a connection of the test's own. The store writes on this thread too: where it is in the
 * middle of a transaction, waiting without giving it a turn would wait for ever.
 */
export async function whenFree<T>(work: () => T): Promise<T> {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!String(error).includes('database is locked')) throw error;
      await nextTurn();
    }
  }
}
