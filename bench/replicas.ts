import { startPostgres } from '../test/bed/postgres.ts';
import { type Crowd, crowd } from '../test/replicas/crowd.ts';
import { countingEngine } from '../test/replicas/engine.ts';
import { startFleet } from '../test/replicas/fleet.ts';
import { AT_ONCE, ENGINE_MS, storm } from '../test/replicas/storm.ts';
import type { BenchEnvironment } from './environment.ts';
import { percentile } from './measure.ts';

const COMMANDS = 10_000;
const PEOPLE = 500;
const KILLS = 50;

/**
 * Ten thousand commands of five hundred people: three replicas on PostgreSQL behind PgBouncer, one of which is killed
 * again and again while PostgreSQL is restarted and cut off once, beside one process on SQLite that nothing happens to.
 */
export async function replicas(bench: BenchEnvironment): Promise<void> {
  const postgres = await startPostgres();
  bench.onClose(() => postgres.stop());
  const size = { commands: COMMANDS, people: PEOPLE, kills: KILLS };
  const one = await calm(size);
  const came = await storm(postgres, size);
  const beside = 'one process on SQLite, calm';
  bench.row({
    what: `commands a second, ${COMMANDS} of ${PEOPLE} people`,
    ours: rate(came.crowd),
    beside,
    theirs: rate(one),
    unit: '/s',
    isRate: true,
  });
  for (const share of [0.5, 0.99])
    bench.row({
      what: `  acknowledged, p${share * 100}`,
      ours: percentile(ackTimes(came.crowd), share),
      beside,
      theirs: percentile(ackTimes(one), share),
    });
  bench.fact('  replicas killed meanwhile', came.kills, '');
  bench.fact('  commands that were acknowledged', came.acknowledged, '');
  bench.fact('  of these, without an end that their person read', came.unheard.length, '', 0);
  bench.fact('  still "Working on it" of a killed process', came.stillWorking, '', 0);
  bench.fact('  decided twice', came.decidedTwice.length, '', 0);
  bench.fact('  changes carried out twice', came.changedTwice.length, '', 0);
  bench.fact('  changes on record that were not carried out', came.notChanged.length, '', 0);
  bench.fact('  damages of the audit chain', came.isChainWhole ? 0 : 1, '', 0);
}

async function calm({ commands, people }: { readonly commands: number; readonly people: number }): Promise<Crowd> {
  await using engine = await countingEngine(ENGINE_MS);
  const databases = ['file:{folder}/fairlead.db'];
  await using fleet = await startFleet({ databases, people, socketPath: engine.socketPath });
  // Awaited here: what is disposed of at the end of this scope is used until then.
  return await crowd(fleet, { commands, atOnce: AT_ONCE, progress: { given: 0 } });
}

const ackTimes = ({ given }: Crowd) => given.filter(({ isAcknowledged }) => isAcknowledged).map(({ ackMs }) => ackMs);
const rate = (crowd: Crowd) => ackTimes(crowd).length / (crowd.tookMs / 1000);
