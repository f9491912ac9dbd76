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
  /** Who asks; undefined for what nobody waits for in person, such as a rollout. */
  readonly person?: string | undefined;
}
/**
 * No lane waits for another: what takes minutes never keeps a list waiting, and neither keeps a rollout that may have
 * nothing serving just now.
 */
export type Lane = 'quick' | 'slow' | 'rollout' | 'stop';

export interface Limits {
  /** Runs `work` when the host has room. Refused, not queued, once too many wait. */
  onHost<T>(host: string, work: (signal: AbortSignal) => Promise<T>, options?: WorkOptions): Promise<T>;
  /** Takes one command from a person's budget; refused at once with the time to wait. */
  spend(person: string): { readonly ok: true } | { readonly ok: false; readonly waitMs: number };
  /** Takes no more work, waits for what there is, and ends what is left after so long. Safe to call twice. */
  drain(deadlineMs: number): Promise<void>;
}

export interface LimitSettings {
  readonly perHost: number;
  readonly overall: number;
  readonly waiting: number;
  /** Calls one person has under way on one host and in all, each lane for itself; the rest is for others. */
  readonly perPerson?: { readonly onHost: number; readonly overall: number };
  readonly budget: { readonly commands: number; readonly perMs: number };
}

/** How long a call waits for the same person's others. Shorter than a read's deadline, or the host would be blamed. */
const QUICK_WAIT_MS = 5000;
const SLOW_WAIT_MS = 60_000;

export function createLimits(settings: LimitSettings): Limits {
  const lanes: Readonly<Record<Lane, (host: string) => Bottleneck>> = {
    quick: createLane(settings),
    slow: createLane(settings),
    rollout: createLane(settings),
    stop: createLane(settings),
  };
  const waiting = settings.waiting;
  const { onHost: most = settings.perHost, overall = settings.overall } = settings.perPerson ?? {};
  const own = createShares({ most, waiting });
  const everywhere = createShares({ most: overall, waiting: waiting * 10 });
  const underWay = new Set<Promise<unknown>>();
  const shutdown = new AbortController();
  let draining: Promise<void> | undefined;

  /** A place within the person's share, on the host and in all; gives back what leaves it. */
  const enter = async (host: string, person: string, lane: Lane, signal: AbortSignal) => {
    const waitMs = lane === 'quick' ? QUICK_WAIT_MS : SLOW_WAIT_MS;
    const leaveHost = await own.take(JSON.stringify([lane, person, host]), host, waitMs, signal);
    try {
      const leaveAll = await everywhere.take(JSON.stringify([lane, person]), 'these hosts', waitMs, signal);
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
      // One that was stopped while it waited gives its place on at once.
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
      // What has begun ends in its own time and words; it was given the signal.
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
    spend: createBudget(settings.budget),
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
 * One limiter for each host, chained to one for all. Bottleneck's own `Group` is not used: it drops limiters by the wall
 * clock, those with calls under way included, and the next call would get another with all its places free.
 */
function createLane({ perHost, overall, waiting }: LimitSettings): (host: string) => Bottleneck {
  const all = createLimiter({ maxConcurrent: overall });
  const hosts = new Map<string, Bottleneck>();
  return (host) => {
    const known = hosts.get(host);
    if (known) return known;
    // OVERFLOW refuses the newest; the default would drop the one that has waited longest.
    const strategy = Bottleneck.strategy.OVERFLOW;
    const limiter = createLimiter({ maxConcurrent: perHost, highWater: waiting, strategy }).chain(all);
    hosts.set(host, limiter);
    return limiter;
  };
}

/** Limits how many run at once and nothing else: neither a timer nor the wall clock decides when a call begins. */
function createLimiter(settings: Bottleneck.ConstructorOptions): Bottleneck {
  const limiter = new Bottleneck(settings);
  const store = Reflect.get(limiter, '_store') as object;
  for (const part of ['yieldLoop', '_nextRequest'])
    if (!(part in store)) throw new Error(`Bottleneck has no ${part} any more: docker/limits.ts must be adapted.`);
  // Where its twin on Redis waits for an answer, the library's own store waits for a timer: six of them, of 1 ms at
  // least, for each call through two limiters. A rollout makes some forty calls one after the other.
  Object.assign(store, { yieldLoop: async () => {} });
  // When the next call may begin, in wall time: it is never later than now, until the clock is set back. Then every call
  // would wait for as long as it was set back by. No settings here ask for a pause between calls, so it is always due.
  Object.defineProperty(store, '_nextRequest', { get: () => Number.NEGATIVE_INFINITY, set: () => {} });
  return limiter;
}

const MANY_PEOPLE = 1000;

/** When a person's last commands were, in a ring: its oldest is at `next`. */
interface Spent {
  readonly times: Float64Array;
  next: number;
  last: number;
}

/** Not Bottleneck's reservoir: that could not say how long there is to wait. */
function createBudget({ commands, perMs }: LimitSettings['budget']): Limits['spend'] {
  const spent = new Map<string, Spent>();
  return (person) => {
    const now = performance.now();
    const own = spent.get(person) ?? {
      times: new Float64Array(commands).fill(Number.NEGATIVE_INFINITY),
      next: 0,
      last: 0,
    };
    const oldest = own.times[own.next] as number;
    if (oldest > now - perMs) return { ok: false, waitMs: Math.ceil(oldest + perMs - now) };
    own.times[own.next] = now;
    own.next = (own.next + 1) % commands;
    own.last = now;
    spent.set(person, own);
    if (spent.size > MANY_PEOPLE) forgetIdle(spent, now - perMs);
    return { ok: true };
  };
}

function forgetIdle(spent: Map<string, Spent>, before: number): void {
  for (const [person, { last }] of spent) if (last <= before) spent.delete(person);
}
