import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { LocalSlack } from '../playground/server/index.ts';
import type { BenchEnvironment } from './environment.ts';
import { percentile, timed } from './measure.ts';
import { BARE_BOLT, OURS, RECORDING_BOLT, type Running } from './process.ts';

const AT_ONCE = 50;
/** A pause of a process delays all fifty commands that wait at that moment, so a few pauses decide the p99. */
const ROUNDS = 200;
/** Each of 400 commands in 0.8 s. */
const STEADY_ROUNDS = 10;
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

/** Somebody types a command every two milliseconds, however long the others take. Returns the times in milliseconds. */
async function steady(slack: LocalSlack, text: string): Promise<number[]> {
  const took: Promise<number>[] = [];
  const began = performance.now();
  for (let turn = 0; turn < EACH * AT_ONCE; turn += 1) {
    await setTimeout(Math.max(0, began + 2 * turn - performance.now()));
    took.push(
      timed(async () => {
        const { ok } = await slack.type({ person: 'U0DEV1', channel: 'C0STAGING', text });
        if (!ok) throw new Error(`${text} was not acknowledged.`);
      }),
    );
  }
  return Promise.all(took);
}

const SHARES = [
  ['p50', 0.5],
  ['p99', 0.99],
] as const;

interface Measured {
  readonly app: Running;
  readonly crowd: number[];
  readonly walls: number[];
  readonly steady: number[];
}

const measured = (app: Running): Measured => ({ app, crowd: [], walls: [], steady: [] });

/** Measures the apps in turn, so that other load on the machine affects all of them. Negative rounds warm up. */
async function measure(apps: readonly Measured[], text: string): Promise<void> {
  for (let round = -4; round < ROUNDS; round += 1) {
    for (const { app, crowd: took, walls } of round % 2 === 0 ? apps : apps.toReversed()) {
      let these: number[] = [];
      const wall = await timed(async () => {
        these = await crowd(app.slack, text);
      });
      if (round < 0) continue;
      took.push(...these);
      walls.push(wall);
    }
  }
  for (let round = 0; round < STEADY_ROUNDS; round += 1)
    for (const app of round % 2 === 0 ? apps : apps.toReversed())
      app.steady.push(...(await steady(app.app.slack, text)));
}

/**
 * Watches the garbage collection of this process, in which the local Slack runs. Every pause (milliseconds) delays all
 * fifty people, whichever app is measured. With V8's own sizes they last 30 to 110 ms and are the p99 of each app, which
 * moves the ratio towards 1 or, by chance, away from it; `npm run bench` keeps them short with a small semi-space.
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
  for (const [theirs, beside, limit] of [
    [bare, 'Bolt with one listener', { asked: 1.25 }],
    [recording, 'Bolt that keeps a record', {}],
  ] as const) {
    for (const [name, share] of SHARES) {
      const times = { ours: percentile(ours.crowd, share), theirs: percentile(theirs.crowd, share) };
      bench.row({
        what: `acknowledgement ${name}, ${AT_ONCE} at once`,
        ...times,
        beside,
        ...(name === 'p99' ? limit : {}),
      });
    }
    for (const [name, share] of SHARES) {
      const times = { ours: percentile(ours.steady, share), theirs: percentile(theirs.steady, share) };
      bench.row({ what: `  500 a second, ${name}`, ...times, beside });
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
  for (const [name, share] of SHARES)
    bench.row({
      what: `  the same with metrics, ${name}`,
      ours: percentile(watched.crowd, share),
      beside: 'Fairlead without',
      theirs: percentile(ours.crowd, share),
    });
  bench.fact('  the longest pause of the benchmark itself', pauses.longest(), 'ms');
}
