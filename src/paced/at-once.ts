import { setImmediate as nextTurn } from 'node:timers/promises';
import { createPace } from './pace.ts';

/** Items begun in one turn of the event loop. What they do first may wait for a timer, and then comes all in one later turn. */
const STARTS_A_TURN = 12;

/**
 * Runs `work` on every item, in order, at most `most` of them at once. Resolves to their results in the same order;
 * rejects with the first error, and starts no other item then. The event loop is left between starts.
 */
export async function atOnce<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const pace = createPace();
  const results = new Array<R>(items.length);
  const left = items.entries();
  let isBroken = false;
  let starts = 0;
  let turn: Promise<void> = Promise.resolve();
  const mayStart = async () => {
    await pace();
    starts += 1;
    if (starts % STARTS_A_TURN === 0) turn = turn.then(() => nextTurn());
    await turn;
  };
  const takeTurns = async () => {
    for (const [index, item] of left) {
      await mayStart();
      if (isBroken) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        isBroken = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, takeTurns));
  return results;
}
