import { UserError } from '../../domain/errors.ts';
import { abortError } from '../client/abort.ts';

export interface Share {
  /** Calls one person has at a time. */
  readonly most: number;
  /** Calls of that person that wait for one of those to end. */
  readonly waiting: number;
}

export interface Shares {
  /**
   * Waits until the holder of `key` has one call fewer than its share, and gives back what ends this one. Throws a `UserError`
   * `busy` when too many wait already, or when it waited `waitMs`.
   */
  take(key: string, what: string, waitMs: number, signal: AbortSignal): Promise<() => void>;
}

interface Held {
  running: number;
  readonly waiting: Set<() => void>;
}

/** Keeps what one person has under way below a share, so that there is room for others. First come, first served. */
export function createShares({ most, waiting }: Share): Shares {
  const all = new Map<string, Held>();

  const release = (key: string, held: Held) => () => {
    const [next] = held.waiting;
    if (next) {
      // Its place goes on to the next, so nobody can come in between.
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
      const already = `You already have ${held.running} calls running on ${what}`;
      if (held.waiting.size >= waiting)
        throw new UserError(
          'busy',
          `${already}, and ${held.waiting.size} are waiting.`,
          'Try again when they have finished.',
        );
      const turn = Promise.withResolvers<void>();
      const begin = () => turn.resolve();
      // Out of the line at once, or a place could still be given to one who has gone.
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
