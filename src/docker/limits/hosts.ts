import { UserError } from '../../domain/errors.ts';
import { type Observer, UNOBSERVED } from '../../observe.ts';
import { atOnce } from '../../paced/at-once.ts';
import { anySignal, deadline, rejectOnAbort } from '../client/abort.ts';
import type { EngineAddress } from '../client/address.ts';
import { connectEngine } from '../client/connect.ts';
import type { Engine } from '../client/engine.ts';
import { EngineError } from '../client/engine-error.ts';
import { createBreaker } from './breaker.ts';
import type { Caller } from './call-kinds.ts';
import { createLateHosts, type OnLate } from './late-hosts.ts';
import { type Limited, limitEngine } from './limited-engine.ts';
import type { Limits } from './limits.ts';

export type HostOutcome<T> =
  | { readonly host: string; readonly ok: true; readonly value: T; readonly ms: number }
  | { readonly host: string; readonly ok: false; readonly error: EngineError; readonly ms: number };

export interface EachOptions<T> {
  readonly signal: AbortSignal;
  readonly deadlineMs?: number;
  /**
   * Called at most once, when some hosts answered and others are late, with the outcomes so far and the names of the
   * late hosts.
   */
  readonly onLate?: OnLate<HostOutcome<T>>;
}

export interface Hosts {
  readonly names: readonly string[];
  /**
   * The engine of a host for a rollout: its calls wait neither for calls of `each` nor for pulls. `mayChange` is asked right
   * before each call that changes something, which rejects with what it rejects with.
   */
  engine(host: string, mayChange?: () => Promise<void>): Engine;
  /**
   * Runs `work` on every named host, at most `HOSTS_AT_ONCE` at once, each with its own deadline from when it is asked.
   * Rejects only with errors that are not a host's failure: a mistake of the person, or a bug.
   */
  each<T>(
    names: readonly string[],
    work: (engine: Engine, host: string) => Promise<T>,
    options: EachOptions<T>,
  ): Promise<HostOutcome<T>[]>;
  /** The same hosts with calls made for a person: they take that person's share, and `engine` is no rollout's. */
  askedBy(person: string): Hosts;
  close(): Promise<void>;
}

/** Default deadline of a read, after which its host counts as not responding. */
const DEADLINE_MS = 10_000;

/**
 * Hosts asked at once by one command, or changed at once by one deployment. Bounds the connections and answers of a
 * fleet; more would gain nothing, since one process reads about that many answers in the time of a round trip.
 */
export const HOSTS_AT_ONCE = 96;

export function openHosts(
  addresses: ReadonlyMap<string, EngineAddress>,
  limits: Limits,
  observer: Observer = UNOBSERVED,
): Hosts {
  const opened = new Map(
    [...addresses].map(([host, address]) => [host, { engine: connectEngine(address), breaker: createBreaker() }]),
  );
  const lateHosts = createLateHosts();
  const limited = (host: string, caller: Caller, own: Pick<Limited, 'mayChange' | 'until' | 'person'>): Engine => {
    const found = opened.get(host);
    if (!found) throw new UserError('host_unknown', `No host ${host} in the config.`);
    return limitEngine(found.engine, { ...own, host, limits, breaker: found.breaker, caller, observer });
  };

  const one = async <T>(
    person: string | undefined,
    host: string,
    work: (engine: Engine, host: string) => Promise<T>,
    { signal, deadlineMs = DEADLINE_MS }: EachOptions<T>,
  ): Promise<HostOutcome<T>> => {
    const started = performance.now();
    const limit = deadline(deadlineMs);
    const until = anySignal(signal, limit.signal);
    const engine = limited(host, 'anybody', { until, person });
    const ms = () => Math.round(performance.now() - started);
    let outcome: HostOutcome<T>;
    try {
      // Raced against the signal too: work that ignores the signal must not hold up the reply.
      const value = await rejectOnAbort(until.aborted ? new Promise<T>(() => {}) : work(engine, host), until);
      outcome = { host, ok: true, value, ms: ms() };
    } catch (error) {
      outcome = { host, ok: false, error: hostFailure(error), ms: ms() };
    } finally {
      limit.clear();
    }
    return outcome;
  };

  const hostsFor = (person: string | undefined): Hosts => ({
    names: [...addresses.keys()],
    engine: (host, mayChange) => limited(host, person === undefined ? 'rollout' : 'anybody', { person, mayChange }),
    async each(names, work, options) {
      const watch = lateHosts.watch(names, options.onLate);
      try {
        const ask = async (host: string) => {
          watch.asked(host);
          return watch.settled(await one(person, host, work, options));
        };
        const outcomes = await atOnce(lateHosts.order(names, HOSTS_AT_ONCE), HOSTS_AT_ONCE, ask);
        const byHost = new Map(outcomes.map((outcome) => [outcome.host, outcome]));
        return names.map((host) => byHost.get(host) as (typeof outcomes)[0]);
      } finally {
        watch.end();
      }
    },
    askedBy: (other) => hostsFor(other),
    async close() {
      await Promise.allSettled([...opened.values()].map(({ engine }) => engine.close()));
    },
  });
  return hostsFor(undefined);
}

function hostFailure(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  // The limits reject for the person; here it is the failure of one host, and others may have room.
  if (error instanceof UserError && error.reason === 'busy') return new EngineError('busy', error.message);
  if (error instanceof UserError && error.reason === 'stopped') return new EngineError('aborted', error.message);
  throw error;
}
