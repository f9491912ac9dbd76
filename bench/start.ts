import type { BenchEnvironment } from './environment.ts';
import { median } from './measure.ts';
import { BARE_BOLT, OURS } from './process.ts';

const ROUNDS = 7;

/** The time from the start of the process to its connection with Slack, and its memory then. */
export async function start(bench: BenchEnvironment): Promise<void> {
  const config = await bench.config({ hosts: { local: { socket: '/nowhere/engine.sock' } } });
  const ready = { ours: [] as number[], bare: [] as number[] };
  const resident = { ours: [] as number[], bare: [] as number[] };
  // The first start compiles what later ones find compiled, and creates the database.
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const name of round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
      const app = name === 'ours' ? await bench.start(OURS, config) : await bench.start(BARE_BOLT);
      if (round >= 0) {
        ready[name].push(app.readyMs);
        resident[name].push(app.residentMb());
      }
      await app.stop();
    }
  }
  const beside = 'Bolt with one listener';
  bench.row({ what: 'start to ready', ours: median(ready.ours), beside, theirs: median(ready.bare), asked: 1.3 });
  bench.row({
    what: 'resident memory when ready',
    ours: median(resident.ours),
    beside,
    theirs: median(resident.bare),
    unit: 'MB',
  });
}
