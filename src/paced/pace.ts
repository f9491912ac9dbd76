import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long all heavy work together may keep one turn of the event loop, in milliseconds. */
const SLICE_MS = 8;

/** Checkpoint of heavy work: a promise to await when this turn has had enough of it, else undefined. */
export type Pace = () => Promise<void> | undefined;

// All heavy work of the process stands in this one queue: ten jobs that yield at once resume in ten turns of the loop.
let queue: Promise<void> = Promise.resolve();

/** When the heavy work of this turn began. A hundred answers that arrive in one turn share its slice. */
let since: number | undefined;

function begin(): void {
  since = performance.now();
  setImmediate(() => {
    since = undefined;
  });
}

/** A pace for one job. Call it between steps that take well under a millisecond, and await what it returns. */
export function createPace(): Pace {
  return () => {
    if (since === undefined) begin();
    else if (performance.now() - since >= SLICE_MS) {
      queue = queue.then(() => nextTurn());
      return queue.then(begin);
    }
    return undefined;
  };
}
