import { AsyncResource } from 'node:async_hooks';
import Bottleneck from 'bottleneck';
import { UserError } from '../../domain/errors.ts';
import { abortError, anySignal, rejectOnAbort } from '../client/abort.ts';
import { createShares } from './shares.ts';

export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  /** 0 comes first, 9 last. */
  readonly priority?: number;
  readonly lane?: Lane;
  /** The person who asks; undefined when no person waits, as for a rollout. */
  readonly person?: string | undefined;
}
/**
 * Calls of a lane never wait for those of another: pulls, which take minutes, delay neither lists nor a rollout, during
 * which nothing may be serving.
 */
export type Lane = 'quick' | 'slow' | 'rollout' | 'stop' | 'exec' | 'export';

export interface Limits {
  /** Runs `work` when the host has room. Rejects with `busy` once too many calls wait. */
  onHost<T>(host: string, work: (signal: AbortSignal) => Promise<T>, options?: WorkOptions): Promise<T>;
  /** Rejects new work, waits for running work, and aborts what is left after the deadline. Safe to call twice. */
  drain(deadlineMs: number): Promise<void>;
}

export interface LimitSettings {
  readonly perHost: number;
  readonly overall: number;
  readonly waiting: number;
  /** Calls one person may have running on one host and in all, per lane; the rest is for others. */
  readonly perPerson?: { readonly onHost: number; readonly overall: number };
}

/**
 * How long a call waits for other calls of the same person. Shorter than the deadline of a read, or the host would be
 * blamed.
 */
const QUICK_WAIT_MS = 5000;
const SLOW_WAIT_MS = 60_000;

/**
 * Images that are read whole at once: each takes an engine's disk, and this process's memory and CPU. One person has one of
 * the places, or two exports that stall would keep everybody else from those of all hosts.
 */
const EXPORTS = { perHost: 1, overall: 2 };
const EXPORTS_OF_ONE = 1;

export function createLimits(settings: LimitSettings): Limits {
  const lanes: Readonly<Record<Lane, (host: string) => Bottleneck>> = {
    quick: createLane(settings),
    slow: createLane(settings),
    rollout: createLane(settings),
    stop: createLane(settings),
    exec: createLane(settings),
    export: createLane({ ...settings, ...EXPORTS }),
  };
  const waiting = settings.waiting;
  const { onHost: most = settings.perHost, overall = settings.overall } = settings.perPerson ?? {};
  const own = createShares({ most, waiting });
  const everywhere = createShares({ most: overall, waiting: waiting * 10 });
  const exported = createShares({ most: EXPORTS_OF_ONE, waiting });
  const underWay = new Set<Promise<unknown>>();
  const shutdown = new AbortController();
  let draining: Promise<void> | undefined;

  /** Waits for a place in the person's share, on the host and in all; resolves to the function that frees it. */
  const enter = async (host: string, person: string, lane: Lane, signal: AbortSignal) => {
    const waitMs = lane === 'quick' ? QUICK_WAIT_MS : SLOW_WAIT_MS;
    const leaveHost = await own.take(JSON.stringify([lane, person, host]), host, waitMs, signal);
    try {
      const all = lane === 'export' ? exported : everywhere;
      const leaveAll = await all.take(JSON.stringify([lane, person]), 'these hosts', waitMs, signal);
      return () => {
        leaveAll();
        leaveHost();
      };
    } catch (error) {
      leaveHost();
      throw error;
    }
  };

  const track = (work: Promise<unknown>) => {
    underWay.add(work);
    const done = () => underWay.delete(work);
    work.then(done, done);
  };

  const queue = async <T>(
    host: string,
    work: (signal: AbortSignal) => Promise<T>,
    options: WorkOptions,
    signal: AbortSignal,
  ): Promise<T> => {
    const limiter = lanes[options.lane ?? 'quick'](host);
    const result = Promise.withResolvers<T>();
    let hasBegun = false;
    const begin = async () => work(signal);
    const job = async () => {
      // A call that was aborted while it waited frees its place at once.
      if (signal.aborted) return result.reject(abortError(signal));
      hasBegun = true;
      await begin().then(result.resolve, result.reject);
    };
    // Bottleneck would run every job in the async context of the first caller.
    const place = limiter.schedule({ priority: options.priority ?? 5 }, AsyncResource.bind(job));
    const settled = place.catch(() => {
      const words = `${host} is busy: ${limiter.counts().QUEUED} calls are waiting.`;
      result.reject(new UserError('busy', words, 'Try again in a minute.'));
    });
    track(settled);
    try {
      return await rejectOnAbort(result.promise, signal);
    } catch (error) {
      // A call that has begun settles by itself; it has the signal.
      if (hasBegun) return result.promise;
      throw error;
    }
  };

  return {
    async onHost<T>(host: string, work: (signal: AbortSignal) => Promise<T>, options: WorkOptions = {}): Promise<T> {
      if (draining) throw new UserError('stopped', 'Fairlead is shutting down.', 'Try again in a minute.');
      const signal = anySignal(options.signal, shutdown.signal);
      const { person } = options;
      if (person === undefined) return queue(host, work, options, signal);
      const whole = enter(host, person, options.lane ?? 'quick', signal).then((leave) =>
        queue(host, work, options, signal).finally(leave),
      );
      track(whole);
      return whole;
    },
    drain(deadlineMs) {
      draining ??= (async () => {
        const timer = setTimeout(() => shutdown.abort(), deadlineMs);
        const late = new Promise<void>((resolve) => shutdown.signal.addEventListener('abort', () => resolve()));
        await Promise.race([Promise.allSettled(underWay), late]);
        clearTimeout(timer);
      })();
      return draining;
    },
  };
}

/**
 * One limiter per host, chained to one for all. Bottleneck's own `Group` is not used: it drops limiters by the wall
 * clock, even those with running calls, and the next call would get a new limiter with all places free.
 */
function createLane({ perHost, overall, waiting }: LimitSettings): (host: string) => Bottleneck {
  const all = createLimiter({ maxConcurrent: overall });
  const hosts = new Map<string, Bottleneck>();
  return (host) => {
    const known = hosts.get(host);
    if (known) return known;
    // OVERFLOW rejects the newest call; the default drops the one that has waited longest.
    const strategy = Bottleneck.strategy.OVERFLOW;
    const limiter = createLimiter({ maxConcurrent: perHost, highWater: waiting, strategy }).chain(all);
    hosts.set(host, limiter);
    return limiter;
  };
}

/** Limits concurrency and nothing else: neither a timer nor the wall clock decides when a call begins. */
function createLimiter(settings: Bottleneck.ConstructorOptions): Bottleneck {
  const limiter = new Bottleneck(settings);
  const store = Reflect.get(limiter, '_store') as object;
  for (const part of ['yieldLoop', '_nextRequest'])
    if (!(part in store))
      throw new Error(`Bottleneck has no ${part} any more: docker/limits/limits.ts must be adapted.`);
  // The library's local store waits for timers where the Redis store waits for an answer: six of at least 1 ms for each
  // call through two limiters. A rollout makes about forty calls one after the other.
  Object.assign(store, { yieldLoop: async () => {} });
  // The wall time at which the next call may begin. It is never later than now unless the clock is set back, and then
  // every call would wait for that long. No setting here asks for a pause between calls, so the next call is always
  // due.
  Object.defineProperty(store, '_nextRequest', { get: () => Number.NEGATIVE_INFINITY, set: () => {} });
  return limiter;
}
