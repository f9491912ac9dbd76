import { setTimeout as sleep } from 'node:timers/promises';

/** Requests to one registry whose answer has not begun. */
const MOST_AT_ONCE = 4;

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
  /** By `performance.now`. */
  heldUntil: number;
}

/** Limits the requests to each registry, and keeps to what a registry asks for. */
export interface Pacer {
  run<T>(registry: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Sends nothing to a registry for so many milliseconds. */
  hold(registry: string, ms: number): void;
}

export function createPacer(): Pacer {
  const lanes = new Map<string, Lane>();
  const laneOf = (registry: string): Lane => {
    const lane = lanes.get(registry) ?? { running: 0, waiting: [], heldUntil: 0 };
    lanes.set(registry, lane);
    return lane;
  };
  const leave = (registry: string, lane: Lane) => {
    const next = lane.waiting.shift();
    // The place is handed over: nobody who comes now can take it.
    if (next !== undefined) return next();
    lane.running -= 1;
    if (lane.running === 0 && lane.heldUntil <= performance.now()) lanes.delete(registry);
  };
  return {
    async run(registry, signal, work) {
      signal.throwIfAborted();
      const lane = laneOf(registry);
      if (lane.running < MOST_AT_ONCE) lane.running += 1;
      else await turn(lane, signal);
      try {
        // Another answer may have held the lane for longer meanwhile.
        for (let ms = lane.heldUntil - performance.now(); ms > 0; ms = lane.heldUntil - performance.now())
          await sleep(ms, undefined, { signal });
        return await work();
      } finally {
        leave(registry, lane);
      }
    },
    hold(registry, ms) {
      const lane = laneOf(registry);
      lane.heldUntil = Math.max(lane.heldUntil, performance.now() + ms);
    },
  };
}

function turn(lane: Lane, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = () => {
      signal.removeEventListener('abort', give);
      resolve();
    };
    const give = () => {
      lane.waiting.splice(lane.waiting.indexOf(begin), 1);
      reject(signal.reason);
    };
    lane.waiting.push(begin);
    signal.addEventListener('abort', give, { once: true });
  });
}
