import { expect, it } from 'vitest';
import { atOnce } from '../../src/paced/at-once.ts';
import { createPace } from '../../src/paced/pace.ts';
import { countTurns } from './turns.ts';

/** Milliseconds of each job, less than the slice of one turn. */
const EACH_MS = 4;
const JOBS = 50;

/** As an answer is read: a checkpoint, then a parser that keeps the loop. */
async function job(): Promise<void> {
  await createPace()();
  const until = performance.now() + EACH_MS;
  while (performance.now() < until);
}

it('short jobs that begin in one turn of the event loop share its slice', async () => {
  const turns = countTurns();

  const answers = Array.from({ length: JOBS }, () => new Promise((resolve) => setImmediate(resolve)).then(job));
  await Promise.all(answers);

  expect(turns()).toBeGreaterThan(JOBS / 5);
});

it('work on many items keeps its bound and its order, and starts nothing after an error', async () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  let underWay = 0;
  let most = 0;
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    if (item === 13) throw new Error('thirteen');
    return item * 2;
  };

  await expect(atOnce(items.slice(0, 12), 5, work)).resolves.toEqual(items.slice(0, 12).map((item) => item * 2));
  expect(most).toBe(5);
  begun.length = 0;
  await expect(atOnce(items, 2, work)).rejects.toThrow('thirteen');
  expect(begun).not.toContain(19);
});

it('work on many items begins few of them in one turn, since what each leaves to a timer comes in one turn too', async () => {
  let begun = 0;
  let most = 0;
  const work = async () => {
    if (begun === 0)
      setImmediate(() => {
        begun = 0;
      });
    begun += 1;
    most = Math.max(most, begun);
    await new Promise((resolve) => setTimeout(resolve));
  };

  await atOnce(Array(200).fill(undefined), 96, work);

  expect(most).toBeLessThan(96 / 2);
});
