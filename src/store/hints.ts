/** Tells other processes on the same store that something changed. A hint may be lost: its listeners poll as well. */
export interface Hints {
  /** Sends a topic: a short id, without secrets. Returns at once; hints of one moment are sent together. */
  tell(topic: string): void;
  /** Calls `listener` at each hint of that topic, from this process too. Returns what ends it. */
  hear(topic: string, listener: () => void): () => void;
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
