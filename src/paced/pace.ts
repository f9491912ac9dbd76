import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long all heavy work together may keep one turn of the event loop, in milliseconds. */
const SLICE_MS = 8;

/** Checkpoint of heavy work: a promise to await when this turn has had enough of it, else undefined. */
export type Pace = () => Promise<void> | undefined;

/** A queue of heavy work, whose jobs share one slice of each turn: ten that yield at once resume in ten turns of the loop. */
function createLane(): Pace {
  let queue: Promise<void> = Promise.resolve();
  /** When the heavy work of this turn began. A hundred answers that arrive in one turn share its slice. */
  let since: number | undefined;
  const begin = () => {
    since = performance.now();
    setImmediate(() => {
      since = undefined;
    });
  };
  return () => {
    if (since === undefined) begin();
    else if (performance.now() - since >= SLICE_MS) {
      queue = queue.then(() => nextTurn());
      return queue.then(begin);
    }
    return undefined;
  };
}

const heavyWork = createLane();

/** A pace for one job. Call it between steps that take well under a millisecond, and await what it returns. */
export const createPace = (): Pace => heavyWork;

/**
 * The pace of statements on a database in this process, which answers at once. A lane of its own: a heartbeat must not wait
 * behind the answers of hundreds of engines.
 */
export const statementPace: Pace = createLane();
