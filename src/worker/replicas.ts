import { setTimeout as later } from 'node:timers/promises';
import { messageOf } from '../domain/errors.ts';
import { type FunctionKind, functionOf, isFunction } from '../domain/function-name.ts';
import type { ReplicaWatch, SeenReplica } from '../handlers/replicas/seen.ts';
import type { KnownReplica, Replica } from '../store/replicas.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry.ts';
import { isGone } from './deployments/owner.ts';
import { createSilence } from './deployments/silence.ts';

const HEARTBEAT_MS = 3000;
/** A replica whose heartbeat has not changed for so long is not alive, as with the lease of a deployment. */
export const ALIVE_MS = 15_000;
/** Every living replica has sent a heartbeat within this time. */
const WATCH_MS = HEARTBEAT_MS + 1000;
/** A clock that drifts is not told of again for less. */
const CLOCK_MS = 1000;
/** A function that is called more often says so no more often. */
const CALLED_MS = 20_000;

export interface ReplicaParts {
  readonly self: Replica;
  readonly store: Pick<Store, 'ongoing' | 'replicas' | 'time'>;
  readonly log: Log;
  now(): number;
}

/** Sends this process's heartbeats and watches those of the others. */
export interface ReplicaBeats extends ReplicaWatch {
  start(): void;
  /** Says that a function was called: it stands still afterwards, so this is its only heartbeat. Never rejects. */
  called(kind: FunctionKind): Promise<void>;
  /** Leaves the others: they need not find out by its silence. Never rejects. */
  stop(): Promise<void>;
}

/** Without `start`, as at a command line, it only watches. */
export function createReplicaBeats({ self, store, log, now }: ReplicaParts): ReplicaBeats {
  const silence = createSilence(() => performance.now());
  const warned = new Set<string>();
  const forgotten = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let warnedAheadMs = 0;
  let watchedSince: number | undefined;
  let calledAt = Number.NEGATIVE_INFINITY;
  let beating: Promise<void> = Promise.resolve();

  const look = async (): Promise<readonly SeenReplica[]> => {
    const known = (await store.replicas.list()).filter(({ id }) => !isFunction(id));
    watchedSince ??= performance.now();
    const silent = silence(known.map(heartbeatOf));
    const seen = known.map((one) => seenOf(one, self, silent.get(one.id) ?? 0));
    return seen.filter((one, index) => one.isAlive || !isReplaced(one, known[index]?.seenAt ?? 0, seen));
  };
  const tick = async (): Promise<void> => {
    try {
      await store.time.compare();
      warnOfClock();
      await store.replicas.beat(self, now());
      const seen = await look();
      for (const one of seen) warn(one);
      for (const { id, isAlive } of seen)
        if (!isAlive && !forgotten.has(id)) {
          forgotten.add(id);
          await store.ongoing.forget(id);
        }
    } catch (error) {
      log.error({ err: messageOf(error) }, 'The heartbeat of this replica could not be stored');
    }
  };
  /** Once for each process. */
  const warn = ({ id, machine, isAlive, hasOwnConfig }: SeenReplica): void => {
    if (!isAlive || hasOwnConfig || warned.has(id)) return;
    warned.add(id);
    log.warn({ replica: id, machine }, 'Two replicas have different configs');
  };
  /** Once for each difference. */
  const warnOfClock = (): void => {
    const aheadMs = store.time.aheadMs();
    const isNew = Math.abs(aheadMs - warnedAheadMs) >= CLOCK_MS;
    if (isNew) warnedAheadMs = aheadMs;
    if (isNew && aheadMs !== 0)
      log.warn({ aheadMs }, 'The clock of this machine is not that of the database, whose time is used');
  };

  return {
    id: self.id,
    start() {
      const go = () => {
        beating = beating.then(tick);
      };
      timer = setInterval(go, HEARTBEAT_MS).unref();
      go();
    },
    async called(kind) {
      if (performance.now() - calledAt < CALLED_MS) return;
      calledAt = performance.now();
      await store.time
        .compare()
        .then(() => store.replicas.beat({ ...self, id: functionOf(kind), machine: kind, role: 'worker' }, now()))
        .catch((error) => log.warn({ err: messageOf(error) }, 'The call of a function could not be stored'));
    },
    async list(signal) {
      const first = await look();
      const watchedMs = performance.now() - (watchedSince ?? 0);
      if (watchedMs >= WATCH_MS || first.every(({ isSelf }) => isSelf)) return first;
      await later(WATCH_MS - watchedMs, undefined, { signal });
      return look();
    },
    async stop() {
      if (timer === undefined) return;
      clearInterval(timer);
      await beating;
      await Promise.all([store.replicas.remove(self.id), store.ongoing.forget(self.id)]).catch((error) =>
        log.warn({ err: messageOf(error) }, 'The end of this replica could not be stored'),
      );
    },
  };
}

const heartbeatOf = ({ id, beat }: KnownReplica) => ({ id, owner: id, attempt: beat, heartbeatAt: undefined });

function seenOf({ beat: _, seenAt: __, config, ...known }: KnownReplica, self: Replica, silentMs: number): SeenReplica {
  const isSelf = known.id === self.id;
  return {
    ...known,
    silentMs,
    isAlive: isSelf || (silentMs < ALIVE_MS && !isGone(known.id, silentMs)),
    isSelf,
    hasOwnConfig: config === self.config,
  };
}

/** Whether one that ended has been started again: on the same machine, in the same role, after its last heartbeat. */
function isReplaced({ machine, role }: SeenReplica, seenAt: number, all: readonly SeenReplica[]): boolean {
  return all.some(
    (other) => other.isAlive && other.machine === machine && other.role === role && other.startedAt > seenAt,
  );
}
