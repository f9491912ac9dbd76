import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../../src/store/store.ts';
import type { Postgres } from '../bed/postgres.ts';
import { KEYS } from '../store/keys.ts';
import { type Crowd, crowd } from './crowd.ts';
import { countingEngine } from './engine.ts';
import { startFleet } from './fleet.ts';

const REPLICAS = 3;
export const AT_ONCE = 20;
export const ENGINE_MS = 5;
/** What was under way when the last process was killed has an end within this time. */
const END_MS = 60_000;

export interface StormSize {
  readonly commands: number;
  readonly people: number;
  /** How many processes are killed, each after an equal share of the commands. */
  readonly kills: number;
}

/** What came of the commands of a crowd. Marks of commands, one each. */
export interface Aftermath {
  readonly crowd: Crowd;
  readonly acknowledged: number;
  readonly kills: number;
  /** Acknowledged, and their person read no answer, no refusal, and not that it was interrupted. */
  readonly unheard: readonly string[];
  /** How many people still read "Working on it". */
  readonly stillWorking: number;
  /** Decided more than once, acknowledged or not. */
  readonly decidedTwice: readonly string[];
  /** Changes that their engine was asked for more than once, acknowledged or not. */
  readonly changedTwice: readonly string[];
  /** Changes that are on record as carried out, and are not on their engine. */
  readonly notChanged: readonly string[];
  readonly isChainWhole: boolean;
}

/**
 * A crowd on three replicas behind PgBouncer, one of which is killed again and again, each time after as many commands.
 * PostgreSQL is restarted after a third of the commands, and all its connections are cut after two thirds.
 */
export async function storm(postgres: Postgres, { commands, people, kills }: StormSize): Promise<Aftermath> {
  const address = await postgres.bouncer();
  await using engine = await countingEngine(ENGINE_MS);
  const databases = Array.from({ length: REPLICAS }, () => address);
  await using fleet = await startFleet({ databases, people, socketPath: engine.socketPath });
  const progress = { given: 0 };
  const asked = (share: number) => until(() => progress.given >= commands * share);
  let killed = 0;
  const killing = async () => {
    for (; killed < kills; killed += 1) {
      await asked((killed + 0.5) / kills);
      await fleet.killAndStart(killed % REPLICAS);
    }
  };
  // The crowd does not run away from the kills, however long a start takes here.
  const mayGive = (index: number) => until(() => index < (commands * (killed + 1)) / kills);
  const troubles = Promise.all([
    killing(),
    asked(1 / 3).then(() => postgres.restart()),
    asked(2 / 3).then(() => postgres.ask(address, CUT_OFF)),
  ]);
  const [given] = await Promise.all([crowd(fleet, { commands, atOnce: AT_ONCE, progress, mayGive }), troubles]);
  await heardAll(given);

  const store = await openStore(address, KEYS);
  try {
    const records = await store.audit.search({ limit: 1_000_000 });
    const decided = Map.groupBy(
      records.filter(({ kind }) => kind === 'decision'),
      ({ line }) => /m[0-9a-f]{12}/u.exec(line)?.[0] ?? '',
    );
    const carriedOut = records.filter(
      ({ kind, command, outcome }) => kind === 'outcome' && command === 'pull' && outcome === 'ok',
    );
    return {
      crowd: given,
      acknowledged: given.given.filter(({ isAcknowledged }) => isAcknowledged).length,
      kills: killed,
      unheard: given.unheard(),
      stillWorking: given.stillWorking(),
      decidedTwice: [...decided].filter(([, times]) => times.length > 1).map(([mark]) => mark),
      changedTwice: [...engine.pulls].filter(([, times]) => times > 1).map(([mark]) => mark),
      notChanged: carriedOut
        .map(({ line }) => /m[0-9a-f]{12}/u.exec(line)?.[0] ?? '')
        .filter((mark) => !engine.pulls.has(mark)),
      isChainWhole: (await store.verify()).ok,
    };
  } finally {
    await store.close();
  }
}

const CUT_OFF =
  'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null';

/** Until everybody whose command was acknowledged has read its end, or the time for that is over. */
async function heardAll({ unheard, stillWorking }: Crowd): Promise<void> {
  const end = performance.now() + END_MS;
  await until(() => performance.now() > end || unheard().length + stillWorking() === 0);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(50);
}
