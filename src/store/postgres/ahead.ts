import { addressOf } from './address.ts';
import { openPool, type Pool } from './pool.ts';

/** A connection that is made before the database can be opened. */
export interface Ahead {
  /** The connection, to the first that asks. It rejects as `openPool` does. */
  take(): Promise<Pool> | undefined;
}

/**
 * Connects as soon as the address is known, for a process that has to load its code before it can open the database. `url`
 * resolves to a PostgreSQL's, or there is nothing to take.
 */
export function connectAhead(url: Promise<string | undefined>): Ahead {
  let connecting: Promise<Pool> | undefined = url.then((at = '') => openPool(addressOf(at)));
  // One that has failed is not taken: the next attempt may succeed, and says why where it does not.
  connecting.catch(() => {
    connecting = undefined;
  });
  return {
    take() {
      const taken = connecting;
      connecting = undefined;
      return taken;
    },
  };
}
