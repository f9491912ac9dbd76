import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import type { LocalSlack } from '../playground/server/index.ts';
import type { BenchEnvironment } from './environment.ts';
import { percentile, timed } from './measure.ts';
import { BARE_BOLT, OURS, RECORDING_BOLT, type Running } from './process.ts';

const AT_ONCE = 50;
/**
 * A pause of the process delays all fifty commands that wait at that moment, so a few pauses decide the p99: with 20
 * rounds the ratio varied from 0.97 to 1.90 between runs, with 200 it stays within a tenth.
 */
const ROUNDS = 200;
/** Commands of each person in a round. */
const EACH = 8;

/** Fifty people type a command, and the next one as soon as it is acknowledged. Returns the times in milliseconds. */
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

/** Measures the apps in turn, so that other load on the machine affects all of them. Negative rounds warm up. */
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
 * Watches the garbage collection of this process, in which the local Slack runs. Every pause (milliseconds) delays all
 * fifty people, whichever app is measured: pauses are most of the p99 of each, and move the ratio towards 1 or, by
 * chance, away from it. `node --max-semi-space-size=1 bench/index.ts acknowledge` keeps them short.
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
 * The time to acknowledge a command. Fairlead parses it, decides by policy, writes a durable audit record, and renders
 * and checks a view; it is compared with a Bolt app of one listener, and with one that also writes a record. What metrics
 * cost is measured beside Fairlead without them, each with its own Slack and database.
 */
export async function acknowledge(bench: BenchEnvironment): Promise<void> {
  const config = await bench.config({ hosts: { local: { socket: '/nowhere/engine.sock' } } });
  const ours = measured(await bench.start(OURS, config));
  const own = await bench.config({ hosts: { local: { socket: '/nowhere/engine.sock' } } });
  const watched = measured(await bench.start(OURS, { ...own, FAIRLEAD_STATUS_LISTEN: '127.0.0.1:0' }));
  const bare = measured(await bench.start(BARE_BOLT));
  const recording = measured(await bench.start(RECORDING_BOLT, { RECORDS: join(bench.folder, 'records.db') }));
  const pauses = ownPauses();
  await measure([ours, watched, bare, recording], '/dock whoami');
  const rate = ({ walls }: Measured) => (AT_ONCE * EACH) / (percentile(walls, 0.5) / 1000);
  for (const [theirs, beside, asked] of [
    [bare, 'Bolt with one listener', 1.25],
    [recording, 'Bolt that keeps a record', undefined],
  ] as const) {
    for (const [name, share] of [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const) {
      bench.row({
        what: `acknowledgement ${name}, ${AT_ONCE} at once`,
        ours: percentile(ours.took, share),
        beside,
        theirs: percentile(theirs.took, share),
        ...(asked === undefined || name === 'p50' ? {} : { asked }),
      });
    }
    bench.row({
      what: '  acknowledged a second',
      ours: rate(ours),
      beside,
      theirs: rate(theirs),
      unit: '/s',
      isRate: true,
    });
  }
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const)
    bench.row({
      what: `  the same with metrics, ${name}`,
      ours: percentile(watched.took, share),
      beside: 'Fairlead without',
      theirs: percentile(ours.took, share),
    });
  bench.fact('  the longest pause of the benchmark itself', pauses.longest(), 'ms');
}
