import { startStandIns } from '../test/fleet/stand-in.ts';
import { ask, askWhole } from './ask.ts';
import type { BenchEnvironment, Host } from './environment.ts';
import { median, sideBySide, timed } from './measure.ts';
import { OURS } from './process.ts';

const HOSTS = 500;
const CONTAINERS = 20;
/** One in a hundred is silent, and one in a hundred slow. */
const EVERY = 100;
const SLOW_MS = 4000;
const ROUNDS = 5;

/**
 * `/ps` over five hundred hosts, stand-ins for engines: five are silent, five answer everything four seconds late.
 * Compared with the same question to those ten alone, which is what the slowest may take.
 */
export async function largeFleet(bench: BenchEnvironment): Promise<void> {
  const fleet = await startStandIns(HOSTS, { latencyMs: (index) => 20 + (index % 9) * 10, containers: CONTAINERS });
  bench.onClose(() => fleet[Symbol.asyncDispose]());
  const hosts: [string, Host][] = fleet.all.map((standIn, index) => {
    const isSilent = index % EVERY === 37;
    const isSlow = index % EVERY === 73;
    if (isSilent) standIn.fault = { kind: 'silent' };
    if (isSlow) standIn.fault = { kind: 'slow', ms: SLOW_MS };
    const state = isSilent || isSlow ? 'late' : 'good';
    return [standIn.name, { socket: standIn.socketPath, labels: { state } }];
  });
  const start = async () => bench.start(OURS, await bench.config({ hosts: Object.fromEntries(hosts) }));
  const [whole, few, single] = [await start(), await start(), await start()];

  const late = '/ps --on state=late';
  const all = '/ps --on all';
  const beside = 'the ten late ones alone';
  await ask(single.slack, '/ps --on web-000');
  for (const app of [whole, single]) app.forgetPeak();
  const theirs = await timed(() => askWhole(few.slack, late));
  const ours = await timed(() => askWhole(whole.slack, all));
  bench.row({ what: `${all}, ${HOSTS} hosts, the first time`, ours, beside, theirs, asked: 1.3 });
  const seen = await sideBySide(ROUNDS, {
    all: () => askWhole(whole.slack, all),
    late: () => askWhole(few.slack, late),
  });
  bench.row({ what: '  later', ours: median(seen.all), beside, theirs: median(seen.late), asked: 1.3 });
  await ask(single.slack, '/ps --on web-000');
  bench.fact('  memory added to that of one host', whole.peakMb() - single.peakMb(), 'MiB', 200);
  bench.fact('  requests under way at once', fleet.mostAtOnce(), '');
}
