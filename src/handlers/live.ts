import { messageOf } from '../domain/errors.ts';
import type { Hints } from '../store/hints.ts';
import { ONGOING, type Ongoing, type OngoingRequest } from '../store/ongoing.ts';
import type { Log } from '../telemetry.ts';

/** A request that is registered as going on. */
export interface LiveRequest {
  /** Fires when it is stopped, or when `parent` fires. */
  readonly signal: AbortSignal;
  readonly stoppedBy: () => string | undefined;
  /** Never rejects. */
  end(): Promise<void>;
}

/** Requests that go on for a while and can be stopped by their own person, through any process on the store. */
export interface Live {
  start(request: Omit<OngoingRequest, 'owner'>, parent: AbortSignal): Promise<LiveRequest>;
  /** `ended`: the process that carried it out is known to have ended. */
  stop(id: string, person: string): Promise<'stopped' | 'ended' | 'unknown' | 'not_yours'>;
  /** How many a person has under way, over all processes. */
  count(person: string): Promise<number>;
  /** Milliseconds for which something may still go on: without end, but in a function. */
  mostMs(): number;
}

/** How often the store is asked whether something that goes on here is to stop, in milliseconds: a hint may be lost. */
const LOOK_MS = 1000;

export interface LiveParts {
  readonly store: { readonly ongoing: Ongoing; readonly hints: Pick<Hints, 'hear'> };
  /** The name of this process. */
  readonly owner: string;
  readonly log: Log;
  /** Whether another process has surely ended. */
  hasEnded(owner: string): boolean;
  now(): number;
}

interface Entry {
  readonly controller: AbortController;
  stoppedBy: string | undefined;
}

/** Held by the process, not by a module. */
export function createLive({ store: { ongoing, hints }, owner, log, hasEnded, now }: LiveParts): Live {
  const running = new Map<string, Entry>();
  let stopLooking: (() => void) | undefined;

  const look = async (): Promise<void> => {
    try {
      for (const { id, by } of await ongoing.stopped(owner)) {
        const entry = running.get(id);
        if (!entry) continue;
        entry.stoppedBy = by;
        entry.controller.abort();
      }
    } catch (error) {
      log.warn({ err: messageOf(error) }, 'The store could not be asked what is to stop');
    }
  };
  const keepLooking = () => {
    if (stopLooking) return;
    const timer = setInterval(() => void look(), LOOK_MS).unref();
    const unhear = hints.hear(ONGOING, () => void look());
    stopLooking = () => {
      clearInterval(timer);
      unhear();
      stopLooking = undefined;
    };
  };

  return {
    async start({ id, person, until }, parent) {
      await ongoing.begin({ id, person, owner, until });
      const entry: Entry = { controller: new AbortController(), stoppedBy: undefined };
      running.set(id, entry);
      keepLooking();
      return {
        signal: AbortSignal.any([parent, entry.controller.signal]),
        stoppedBy: () => entry.stoppedBy,
        async end() {
          running.delete(id);
          if (running.size === 0) stopLooking?.();
          await ongoing
            .end(id)
            .catch((error) => log.warn({ request: id, err: messageOf(error) }, 'The end of a request was not stored'));
        },
      };
    },
    async stop(id, person) {
      const by = await ongoing.ownerOf(id);
      const outcome = await ongoing.stop(id, person);
      return outcome === 'stopped' && by !== undefined && by !== owner && hasEnded(by) ? 'ended' : outcome;
    },
    count: (person) => ongoing.count(person, now()),
    mostMs: () => Number.POSITIVE_INFINITY,
  };
}
