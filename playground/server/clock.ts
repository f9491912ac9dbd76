/** The clock of the local Slack. Tests supply their own, so that half an hour can pass at once. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Runs a function later. Returns a function that cancels it. */
  after(ms: number, run: () => void): () => void;
}

export interface ManualClock extends Clock {
  /** Lets time pass, and runs what becomes due, in order. */
  advance(ms: number): void;
  /** Resolves when something has been scheduled for exactly this delay, so that a test can let that time pass. */
  scheduled(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export function createManualClock(start = Date.now()): ManualClock {
  let now = start;
  const due: { at: number; ms: number; run: () => void }[] = [];
  const expected: { ms: number; tell: () => void }[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const entry = { at: now + ms, ms, run };
      due.push(entry);
      for (const one of expected.filter((item) => item.ms === ms)) {
        remove(expected, one);
        one.tell();
      }
      return () => remove(due, entry);
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = due.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        remove(due, next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = end;
    },
    scheduled(ms) {
      if (due.some((entry) => entry.ms === ms)) return Promise.resolve();
      return new Promise((tell) => void expected.push({ ms, tell }));
    },
  };
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
