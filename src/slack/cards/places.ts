import type { Card } from '../../store/cards.ts';

type At = Pick<Card, 'channel' | 'ts'>;

/**
 * The messages that ask, each updated by this process and replaced by the answer to a click on it. The two reach Slack by
 * different ways, so the order in which they arrive is not known.
 */
export interface Places {
  /** Runs an update of a message; undefined, and nothing is run, while an answer takes its place. */
  update<T>(at: At, work: () => Promise<T>): Promise<T | undefined>;
  /** An answer is about to take the place of a message. */
  take(at: At): Taken;
}

export interface Taken {
  /** Resolves once no update is under way that began before; to whether there was one, which may cover the answer. */
  older(): Promise<boolean>;
  /** Lets updates of the message run again. */
  release(): void;
}

export function createPlaces(): Places {
  const taken = new Map<string, number>();
  const updates = new Map<string, Promise<unknown>>();
  const keyOf = ({ channel, ts }: At) => `${channel} ${ts}`;
  return {
    async update(at, work) {
      const key = keyOf(at);
      if (taken.has(key)) return undefined;
      const update = work();
      updates.set(key, update);
      try {
        return await update;
      } finally {
        if (updates.get(key) === update) updates.delete(key);
      }
    },
    take(at) {
      const key = keyOf(at);
      const older = updates.get(key);
      taken.set(key, (taken.get(key) ?? 0) + 1);
      return {
        async older() {
          await older?.catch(() => {});
          return older !== undefined;
        },
        release() {
          const left = (taken.get(key) ?? 1) - 1;
          if (left === 0) taken.delete(key);
          else taken.set(key, left);
        },
      };
    },
  };
}
