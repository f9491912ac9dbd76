import { UserError } from '../../domain/errors.ts';
import { abortError } from '../client/abort.ts';

export interface Share {
  /** Calls one person may have running. */
  readonly most: number;
  /** Calls of the person that may wait for one of them to finish. */
  readonly waiting: number;
}

export interface Shares {
  /**
   * Waits until `key` has a free place, and resolves to the function that frees it. Throws a `UserError` `busy` when
   * too many calls wait, or after `waitMs`.
   */
  take(key: string, what: string, waitMs: number, signal: AbortSignal): Promise<() => void>;
}

interface Held {
  running: number;
  readonly waiting: Set<() => void>;
}

/** Keeps the running calls of one person below a share, so that others have room. First come, first served. */
export function createShares({ most, waiting }: Share): Shares {
  const all = new Map<string, Held>();

  const release = (key: string, held: Held) => () => {
    const [next] = held.waiting;
    if (next) {
      // The place passes to the next waiting call, so no new call can take it.
      held.waiting.delete(next);
      next();
      return;
    }
    held.running -= 1;
    if (held.running === 0) all.delete(key);
  };

  return {
    async take(key, what, waitMs, signal) {
      const held = all.get(key) ?? { running: 0, waiting: new Set() };
      all.set(key, held);
      if (held.running < most) {
        held.running += 1;
        return release(key, held);
      }
      const already = `You already have ${held.running} ${held.running === 1 ? 'call' : 'calls'} running on ${what}`;
      if (held.waiting.size >= waiting)
        throw new UserError(
          'busy',
          `${already}, and ${held.waiting.size} are waiting.`,
          'Try again when they have finished.',
        );
      const turn = Promise.withResolvers<void>();
      const begin = () => turn.resolve();
      // Removed from the queue at once, or a place could be given to a call that no longer waits.
      const giveUp = (why: Error) => {
        held.waiting.delete(begin);
        turn.reject(why);
      };
      const stop = () => giveUp(abortError(signal));
      const tooLong = `${already}, and this one waited ${waitMs / 1000} s for one to finish.`;
      const timer = setTimeout(
        () => giveUp(new UserError('busy', tooLong, 'Try again when they have finished.')),
        waitMs,
      );
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      held.waiting.add(begin);
      try {
        await turn.promise;
        return release(key, held);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
