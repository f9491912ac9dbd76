/** What Slack limits by itself: calls of one method, for `chat.*` of one method in one channel. */
export interface Lane {
  readonly method: string;
  readonly channel: string;
}

/** Rejection of a call that would have to wait longer than it may. */
export class HeldTooLong extends Error {
  constructor({ method }: Lane, waitMs: number) {
    super(`Slack takes no ${method} for another ${Math.max(1, Math.ceil(waitMs / 1000))} s.`);
  }
}

/** Lanes held after a 429. A held lane never delays the calls of another. All times are milliseconds. */
export interface Lanes {
  /**
   * Resolves when a call may be sent: at once where its lane is not held, otherwise in its turn. Rejects with `HeldTooLong`
   * when that would take longer than `patienceMs`.
   */
  enter(lane: Lane, patienceMs: number): Promise<void>;
  /** Reports that Slack answered a call: the next in its lane may go. */
  answered(lane: Lane): void;
  /** Reports a 429: holds the lane. */
  refused(lane: Lane, retryAfterMs: number): void;
  /** Time until no lane of a method is held; 0 when none is. */
  heldMs(method: string): number;
}

/** Calls that wait in one lane; more are refused, so that memory does not grow with what Slack refuses. */
const MOST_WAITING = 200;
const LEAST_HOLD_MS = 1000;
/** A lane is tried again after this long, whatever Slack asked for. */
const MOST_HOLD_MS = 10 * 60_000;
/** After a hold one call goes first; the next goes when Slack has answered it, or after this long. */
const PROBE_MS = 1000;

interface State {
  /** On the clock of `performance.now()`, which no change of the machine's time moves. */
  until: number;
  /** `until` is the end of a probe, not one that Slack set. */
  isProbe: boolean;
  readonly waiting: Waiter[];
  timer: NodeJS.Timeout | undefined;
}

interface Waiter {
  readonly giveUpAt: number;
  go(): void;
  refuse(waitMs: number): void;
}

export function createLanes(): Lanes {
  const lanes = new Map<string, State>();
  const keyOf = ({ method, channel }: Lane) => (method.startsWith('chat.') ? `${method} ${channel}` : method);

  const step = (key: string, lane: State): void => {
    clearTimeout(lane.timer);
    const left = lane.until - performance.now();
    if (left > 0) {
      const late = lane.waiting.filter(({ giveUpAt }) => giveUpAt < lane.until);
      for (const waiter of late) {
        lane.waiting.splice(lane.waiting.indexOf(waiter), 1);
        waiter.refuse(left);
      }
      lane.timer = setTimeout(step, left, key, lane).unref();
      return;
    }
    const next = lane.waiting.shift();
    if (!next) return void lanes.delete(key);
    lane.isProbe = true;
    lane.until = performance.now() + PROBE_MS;
    lane.timer = setTimeout(step, PROBE_MS, key, lane).unref();
    next.go();
  };

  return {
    enter(call, patienceMs) {
      const lane = lanes.get(keyOf(call));
      if (!lane) return Promise.resolve();
      const left = Math.max(0, lane.until - performance.now());
      if (left > patienceMs || lane.waiting.length >= MOST_WAITING) return Promise.reject(new HeldTooLong(call, left));
      return new Promise((resolve, reject) => {
        lane.waiting.push({
          giveUpAt: performance.now() + patienceMs,
          go: resolve,
          refuse: (waitMs) => reject(new HeldTooLong(call, waitMs)),
        });
      });
    },
    answered(call) {
      const key = keyOf(call);
      const lane = lanes.get(key);
      if (!lane?.isProbe) return;
      lane.until = performance.now();
      step(key, lane);
    },
    refused(call, retryAfterMs) {
      const key = keyOf(call);
      const lane = lanes.get(key) ?? { until: 0, isProbe: false, waiting: [], timer: undefined };
      lanes.set(key, lane);
      const hold = Math.min(MOST_HOLD_MS, Math.max(LEAST_HOLD_MS, retryAfterMs));
      lane.until = Math.max(lane.isProbe ? 0 : lane.until, performance.now() + hold);
      lane.isProbe = false;
      step(key, lane);
    },
    heldMs(method) {
      const ends = [...lanes].filter(([key]) => key.split(' ')[0] === method).map(([, { until }]) => until);
      return Math.max(0, ...ends.map((until) => until - performance.now()));
    },
  };
}
