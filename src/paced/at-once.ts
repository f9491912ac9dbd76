import { createPace } from './pace.ts';

/**
 * Runs `work` on every item, in order, at most `most` of them at once. Resolves to their results in the same order;
 * rejects with the first error, and starts no other item then. The event loop is left between starts.
 */
export async function atOnce<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const pace = createPace();
  const results = new Array<R>(items.length);
  const left = items.entries();
  let isBroken = false;
  const takeTurns = async () => {
    for (const [index, item] of left) {
      await pace();
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
