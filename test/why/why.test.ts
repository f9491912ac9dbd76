import { expect, it } from 'vitest';
import { bed, describeWithEngine } from '../bed/bed.ts';
import { DONE } from './done.ts';
import { ENDS } from './ends.ts';
import { HEALTH } from './health.ts';
import { HELD_OUT, THOUGHT_OF_LATER } from './held-out.ts';
import { askAboutImage, IMAGES } from './images.ts';
import { type Outcome, provoke } from './provoke.ts';
import { REFUSALS } from './refusals.ts';
import { SAID } from './said.ts';

interface Asked {
  readonly what: string;
  readonly expected: string | readonly string[];
  ask(socket: string): Promise<Outcome>;
}

const CONTAINERS = [...ENDS, ...REFUSALS, ...HEALTH, ...DONE, ...SAID, ...HELD_OUT, ...THOUGHT_OF_LATER];
const ALL: readonly Asked[] = [
  ...CONTAINERS.map((row) => ({ ...row, ask: (socket: string) => provoke(socket, row) })),
  ...IMAGES.map((row) => ({ ...row, ask: (socket: string) => askAboutImage(socket, row) })),
];
const AT_ONCE = 6;
const ANSWER_MS = 5000;

describeWithEngine('why', () => {
  it('names the right cause of provoked failures first, each within five seconds', { timeout: 300_000 }, async () => {
    const outcomes = await inParallel(ALL, (row, lane) => askOrSay(bed().sockets[lane % 2] as string, row));
    const wrong = outcomes.filter((outcome) => !isRight(outcome));

    say(outcomes, wrong);
    expect(outcomes.filter(({ ms }) => ms >= ANSWER_MS)).toEqual([]);
    expect(wrong.length / outcomes.length).toBeLessThanOrEqual(0.1);
  });
});

const isRight = ({ expected, found: [first] }: Outcome) =>
  expected.length === 0 ? first === undefined : expected.includes(first ?? '');

/** What is provoked and what is found, for who reads the run. */
function say(outcomes: readonly Outcome[], wrong: readonly Outcome[]): void {
  const slowest = outcomes.reduce((a, b) => (a.ms > b.ms ? a : b));
  const lines = wrong.map(
    ({ what, expected, found, sentence, evidence }) =>
      `${what}: ${found.join(', ') || 'none'}, not ${expected.join(' or ') || 'none'}. ${JSON.stringify({ sentence, evidence })}`,
  );
  const total = `${outcomes.length - wrong.length} of ${outcomes.length} right; slowest ${slowest.ms} ms (${slowest.what})`;
  process.stderr.write(`${[...lines, total].join('\n')}\n`);
}

/** A row that could not be provoked counts as wrong; the others go on. */
async function askOrSay(socket: string, { what, expected, ask }: Asked): Promise<Outcome> {
  try {
    return await ask(socket);
  } catch (error) {
    const said = { found: ['not provoked'], sentence: String(error), evidence: [], ms: 0 };
    return { what, expected: [expected].flat(), ...said };
  }
}

async function inParallel<T, R>(all: readonly T[], work: (one: T, lane: number) => Promise<R>): Promise<R[]> {
  const queue = [...all.entries()];
  const out: R[] = [];
  const lane = async (_: unknown, index: number) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) out[next[0]] = await work(next[1], index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return out;
}
