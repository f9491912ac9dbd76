import { expect, it } from 'vitest';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { DONE } from './done.ts';
import { ENDS } from './ends.ts';
import { HEALTH } from './health.ts';
import { type Outcome, provoke, type Row } from './provoke.ts';
import { REFUSALS } from './refusals.ts';
import { SAID } from './said.ts';

const ROWS = [...ENDS, ...REFUSALS, ...HEALTH, ...DONE, ...SAID];
const AT_ONCE = 6;

describeWithEngine('why', () => {
  it('names the right cause of provoked failures first, each within five seconds', { timeout: 300_000 }, async () => {
    const outcomes = await inParallel(ROWS, (row, lane) => provokeOrSay(bed().sockets[lane % 2] as string, row));
    const wrong = outcomes.filter(({ expected, found }) => !isRight(expected, found));

    for (const { what, expected, found, sentence, evidence } of wrong)
      process.stderr.write(
        `${what}: ${found.join(', ') || 'none'}, not ${expected.join(' or ') || 'none'}. ${JSON.stringify({ sentence, evidence })}\n`,
      );
    process.stderr.write(
      `${outcomes.length - wrong.length} of ${outcomes.length} right; slowest ${Math.max(...outcomes.map(({ ms }) => ms))} ms\n`,
    );
    expect(outcomes.filter(({ ms }) => ms >= 5000)).toEqual([]);
    expect(wrong.length / outcomes.length).toBeLessThanOrEqual(0.1);
  });
});

/** A row that could not be provoked counts as wrong; the others go on. */
async function provokeOrSay(socket: string, row: Row): Promise<Outcome> {
  try {
    return await provoke(socket, row);
  } catch (error) {
    return {
      what: row.what,
      expected: [row.expected].flat(),
      found: ['not provoked'],
      sentence: String(error),
      evidence: [],
      ms: 0,
    };
  }
}

const isRight = (expected: Outcome['expected'], [first]: Outcome['found']) =>
  expected.length === 0 ? first === undefined : expected.includes(first ?? '');

async function inParallel<T, R>(all: readonly T[], work: (one: T, lane: number) => Promise<R>): Promise<R[]> {
  const queue = [...all.entries()];
  const out: R[] = [];
  const lane = async (_: unknown, index: number) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) out[next[0]] = await work(next[1], index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return out;
}
