/** Tells other processes on the same store that something changed. A hint may be lost: its listeners poll as well. */
export interface Hints {
  /** Sends a topic: a short id, without secrets. Returns at once; hints of one moment are sent together. */
  tell(topic: string): void;
  /** Calls `listener` at each hint of that topic, from this process too. Returns what ends it. */
  hear(topic: string, listener: () => void): () => void;
}

/** Waits for hints of a topic. */
export interface Waiter {
  /** Resolves at a hint, after `ms` milliseconds, or when `signal` fires. A hint since the last wait ends this one at once. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  end(): void;
}

export function createWaiter(hints: Pick<Hints, 'hear'>, topic: string): Waiter {
  let heard = Promise.withResolvers<void>();
  const end = hints.hear(topic, () => heard.resolve());
  return {
    end,
    async wait(ms, signal) {
      const goOn = () => heard.resolve();
      const timer = setTimeout(goOn, ms);
      signal.addEventListener('abort', goOn, { once: true });
      if (signal.aborted) goOn();
      await heard.promise;
      clearTimeout(timer);
      signal.removeEventListener('abort', goOn);
      heard = Promise.withResolvers();
    },
  };
}

/** Hints within this process. Listeners are called after the current turn of the event loop. */
export function createLocalHints(): Hints {
  const listeners = new Map<string, Set<() => void>>();
  return {
    tell(topic) {
      for (const listener of listeners.get(topic) ?? []) setImmediate(listener);
    },
    hear(topic, listener) {
      const those = listeners.get(topic) ?? new Set();
      listeners.set(topic, those.add(listener));
      return () => {
        those.delete(listener);
        if (those.size === 0) listeners.delete(topic);
      };
    },
  };
}
