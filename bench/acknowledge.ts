import { PerformanceObserver } from 'node:perf_hooks';
import type { LocalSlack } from '../playground/server/index.ts';
import { percentile, timed } from './measure.ts';
import { BARE_BOLT, OURS, type Running } from './process.ts';
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

interface Seen {
  readonly took: number[];
  readonly walls: number[];
}

async function measure(ours: Running, bare: Running, text: string): Promise<{ ours: Seen; bare: Seen }> {
  const seen = { ours: { took: [], walls: [] } as Seen, bare: { took: [], walls: [] } as Seen };
  const apps = { ours, bare };
  for (let round = -4; round < ROUNDS; round += 1) {
    for (const name of round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
      let took: number[] = [];
      const wall = await timed(async () => {
        took = await crowd(apps[name].slack, text);
      });
      if (round < 0) continue;
      seen[name].took.push(...took);
      seen[name].walls.push(wall);
    }
  }
  return seen;
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

/** The whole of ours (parse, policy, a durable audit record, a view, its check) beside one line of Bolt. */
export async function acknowledge(stage: Stage): Promise<void> {
  const config = await stage.config({ hosts: { local: { at: '/nowhere/engine.sock' } } });
  const ours = await stage.start(OURS, config);
  const bare = await stage.start(BARE_BOLT);
  const pauses = ownPauses();
  const seen = await measure(ours, bare, '/dock whoami');
  const beside = 'Bolt with one listener';
  for (const [name, share, asked] of [
    ['p50', 0.5],
    ['p99', 0.99, 1.25],
  ] as const) {
    stage.row({
      what: `acknowledgement ${name}, ${AT_ONCE} at once`,
      ours: percentile(seen.ours.took, share),
      beside,
      theirs: percentile(seen.bare.took, share),
      ...(asked === undefined ? {} : { asked }),
    });
  }
  stage.fact('  the longest pause of the benchmark itself', pauses.longest(), 'ms');
  const rate = ({ walls }: Seen) => (AT_ONCE * EACH) / (percentile(walls, 0.5) / 1000);
  stage.row({
    what: '  acknowledged a second',
    ours: rate(seen.ours),
    beside,
    theirs: rate(seen.bare),
    unit: '/s',
    isRate: true,
  });
}
