import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import type { LocalSlack } from '../playground/server/index.ts';
import { percentile, timed } from './measure.ts';
import { BARE_BOLT, OURS, RECORDING_BOLT, type Running } from './process.ts';
import type { Stage } from './stage.ts';

const AT_ONCE = 50;
/**
 * A pause falls on all fifty who wait just then, so a few of them are the slowest hundredth: over 20 rounds the ratio went
 * from 0.97 to 1.90 between runs, over so many it stays within a tenth.
 */
const ROUNDS = 200;
/** Commands a person and a round. */
const EACH = 8;

/** Fifty people type, and type again as soon as they are answered. */
async function crowd(slack: LocalSlack, text: string): Promise<number[]> {
  const took: number[] = [];
  const person = async () => {
    for (let turn = 0; turn < EACH; turn += 1) {
      const began = performance.now();
      const { ok } = await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });
      took.push(performance.now() - began);
      if (!ok) throw new Error(`${text} was not acknowledged.`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, person));
  return took;
}

interface Measured {
  readonly app: Running;
  readonly took: number[];
  readonly walls: number[];
}

const measured = (app: Running): Measured => ({ app, took: [], walls: [] });

/** In turn, so that what the machine does besides falls on all of them. */
async function measure(apps: readonly Measured[], text: string): Promise<void> {
  for (let round = -4; round < ROUNDS; round += 1) {
    for (const { app, took, walls } of round % 2 === 0 ? apps : apps.toReversed()) {
      let these: number[] = [];
      const wall = await timed(async () => {
        these = await crowd(app.slack, text);
      });
      if (round < 0) continue;
      took.push(...these);
      walls.push(wall);
    }
  }
}

/**
 * Pauses of this process, in milliseconds, for collecting the garbage of the local Slack. All fifty wait through each, ours
 * and the other's: they are most of the p99 of both, and draw the ratio towards 1 or, by chance, away from it.
 * `node --max-semi-space-size=1 bench/index.ts acknowledge` has them short.
 */
function ownPauses(): { readonly longest: () => number } {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  return { longest: () => longest };
}

/**
 * The whole of ours (parse, policy, a durable audit record, a view, its check) beside one line of Bolt, which keeps no
 * record, and beside one that keeps one.
 */
export async function acknowledge(stage: Stage): Promise<void> {
  const config = await stage.config({ hosts: { local: { at: '/nowhere/engine.sock' } } });
  const ours = measured(await stage.start(OURS, config));
  const bare = measured(await stage.start(BARE_BOLT));
  const recording = measured(await stage.start(RECORDING_BOLT, { RECORDS: join(stage.folder, 'records.db') }));
  const pauses = ownPauses();
  await measure([ours, bare, recording], '/dock whoami');
  const rate = ({ walls }: Measured) => (AT_ONCE * EACH) / (percentile(walls, 0.5) / 1000);
  for (const [theirs, beside, asked] of [
    [bare, 'Bolt with one listener', 1.25],
    [recording, 'Bolt that keeps a record', undefined],
  ] as const) {
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      stage.row({
        what: `acknowledgement ${name}, ${AT_ONCE} at once`,
        ours: percentile(ours.took, share),
        beside,
        theirs: percentile(theirs.took, share),
        ...(asked === undefined || name === 'p50' ? {} : { asked }),
      });
    }
    stage.row({
      what: '  acknowledged a second',
      ours: rate(ours),
      beside,
      theirs: rate(theirs),
      unit: '/s',
      isRate: true,
    });
  }
  stage.fact('  the longest pause of the benchmark itself', pauses.longest(), 'ms');
}
