import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a piece of heavy work may keep the event loop, in milliseconds. */
const SLICE_MS = 8;

/** Checkpoint of heavy work: a promise to await when the work has kept the event loop long enough, else undefined. */
export type Pace = () => Promise<void> | undefined;

// All heavy work of the process stands in this one queue: ten jobs that yield at once resume in ten turns of the loop.
let queue: Promise<void> = Promise.resolve();

/** A pace for one job. Call it between steps that take well under a millisecond, and await what it returns. */
export function createPace(): Pace {
  let since = performance.now();
  return () => {
    if (performance.now() - since < SLICE_MS) return undefined;
    queue = queue.then(() => nextTurn());
    return queue.then(() => {
      since = performance.now();
    });
  };
}
