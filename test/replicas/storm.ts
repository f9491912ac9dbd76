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
const KILL_EVERY_MS = 1000;
/** What was under way when the last process was killed has an end within this time. */
const END_MS = 10_000;

export interface StormSize {
  readonly commands: number;
  readonly people: number;
}

/** What came of the commands of a crowd. Marks of commands, one each. */
export interface Aftermath {
  readonly crowd: Crowd;
  readonly acknowledged: number;
  readonly kills: number;
  /** Acknowledged, and their person read no answer, no refusal, and not even that it is being worked on. */
  readonly unheard: readonly string[];
  /** Decided more than once, acknowledged or not. */
  readonly decidedTwice: readonly string[];
  /** Changes that their engine was asked for more than once, acknowledged or not. */
  readonly changedTwice: readonly string[];
  /** Changes that are on record as carried out, and are not on their engine. */
  readonly notChanged: readonly string[];
  readonly isChainWhole: boolean;
}

/**
 * A crowd on three replicas behind PgBouncer, one of which is killed every few seconds. PostgreSQL is restarted after a third
 * of the commands, and all its connections are cut after two thirds.
 */
export async function storm(postgres: Postgres, { commands, people }: StormSize): Promise<Aftermath> {
  const address = await postgres.bouncer();
  await using engine = await countingEngine(ENGINE_MS);
  const databases = Array.from({ length: REPLICAS }, () => address);
  await using fleet = await startFleet({ databases, people, socketPath: engine.socketPath });
  const isOver = new AbortController();
  let kills = 0;
  const killing = async () => {
    for (; !isOver.signal.aborted; kills += 1) {
      await fleet.killAndStart(kills % REPLICAS);
      await pause(KILL_EVERY_MS, undefined, { signal: isOver.signal }).catch(() => {});
    }
  };
  const progress = { given: 0 };
  const asked = (share: number) => until(() => progress.given >= commands * share);
  const troubles = Promise.all([
    killing(),
    asked(1 / 3).then(() => postgres.restart()),
    asked(2 / 3).then(() => postgres.ask(address, CUT_OFF)),
  ]);
  const given = await crowd(fleet, { commands, atOnce: AT_ONCE, progress }).finally(() => isOver.abort());
  await troubles;
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
      kills,
      unheard: given.unheard(),
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
async function heardAll({ unheard, interrupted }: Crowd): Promise<void> {
  const end = performance.now() + END_MS;
  await until(() => performance.now() > end || unheard().length + interrupted() === 0);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(50);
}
