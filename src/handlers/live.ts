/** Requests that go on for a while and can be stopped by their own person. Held by the bot, not by a module. */
export interface Live {
  /** Registers a request; the signal fires when it is stopped, when `parent` fires, or at its end. */
  start(
    id: string,
    person: string,
    parent: AbortSignal,
  ): { readonly signal: AbortSignal; readonly stoppedBy: () => string | undefined; end(): void };
  stop(id: string, person: string): 'stopped' | 'unknown' | 'not_yours';
  count(person: string): number;
}

export function createLive(): Live {
  const running = new Map<string, { person: string; controller: AbortController; stoppedBy: string | undefined }>();
  return {
    start(id, person, parent) {
      const entry = { person, controller: new AbortController(), stoppedBy: undefined as string | undefined };
      running.set(id, entry);
      return {
        signal: AbortSignal.any([parent, entry.controller.signal]),
        stoppedBy: () => entry.stoppedBy,
        end: () => void running.delete(id),
      };
    },
    stop(id, person) {
      const entry = running.get(id);
      if (!entry) return 'unknown';
      if (entry.person !== person) return 'not_yours';
      entry.stoppedBy = person;
      entry.controller.abort();
      return 'stopped';
    },
    count: (person) => [...running.values()].filter((entry) => entry.person === person).length,
  };
}
