import { DatabaseFault } from '../fault.ts';
import { createQueue, type Queue } from '../queue.ts';
import { WRITE_LOCK_MS } from './waits.ts';

/** A queue whose work is an error when its turn has not come by `WRITE_LOCK_MS`; it is not begun then. */
export function createTurns(shown: string): Queue {
  const queue = createQueue();
  return async <T>(work: () => Promise<T>): Promise<T> => {
    const { promise: late, reject } = Promise.withResolvers<never>();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(
        new DatabaseFault(shown, {
          why: `the transactions before this one took longer than ${WRITE_LOCK_MS / 1000} s`,
          hint: 'Check the load of PostgreSQL, and the way to it. Nothing of this was stored; try again.',
        }),
      );
    }, WRITE_LOCK_MS);
    const turn = queue(async () => {
      clearTimeout(timer);
      return isLate ? late : work();
    });
    return Promise.race([turn, late]);
  };
}
