import type { Lanes } from '../client/lanes.ts';

/** The one pace of all live messages of a workspace. */
export interface LivePace {
  /**
   * Resolves when a live message in this channel may be updated; of several channels, the one that waited longest since its
   * last turn is next. `signal` gives the place up: the promise then never settles.
   */
  turn(channel: string, signal: AbortSignal): Promise<void>;
  /** Counts an update of any message, since cards and live messages share what Slack takes. */
  count(): void;
}

/**
 * Slack takes about 50 `chat.update` a minute. Live messages make one every `PACE_MS`, and none while they and the cards
 * together have made `MOST_A_MINUTE`.
 */
const PACE_MS = 2000;
const MINUTE_MS = 60_000;
const MOST_A_MINUTE = 40;
const METHOD = 'chat.update';

interface Waiter {
  readonly channel: string;
  readonly signal: AbortSignal;
  go(): void;
}

export function createLivePace(lanes: Pick<Lanes, 'heldMs'>, paceMs = PACE_MS): LivePace {
  let waiting: Waiter[] = [];
  let timer: NodeJS.Timeout | undefined;
  let last = Number.NEGATIVE_INFINITY;
  /** When the channels that are waiting, or were lately, had their last turn. */
  const turns = new Map<string, number>();
  let recent: number[] = [];

  const waitMs = (): number => {
    const now = performance.now();
    recent = recent.filter((at) => at > now - MINUTE_MS);
    const oldest = recent.at(-MOST_A_MINUTE);
    const room = oldest === undefined ? 0 : oldest + MINUTE_MS - now;
    return Math.max(0, last + paceMs - now, room, lanes.heldMs(METHOD));
  };
  const next = (): void => {
    timer = undefined;
    waiting = waiting.filter(({ signal }) => !signal.aborted);
    if (waiting.length === 0) {
      turns.clear();
      return;
    }
    const wait = waitMs();
    if (wait > 0) {
      timer = setTimeout(next, wait).unref();
      return;
    }
    const since = ({ channel }: Waiter) => turns.get(channel) ?? 0;
    const chosen = waiting.reduce((first, one) => (since(one) < since(first) ? one : first));
    waiting.splice(waiting.indexOf(chosen), 1);
    last = performance.now();
    turns.set(chosen.channel, last);
    chosen.go();
    timer = setTimeout(next, paceMs).unref();
  };
  return {
    turn: (channel, signal) =>
      new Promise((resolve) => {
        waiting.push({ channel, signal, go: resolve });
        if (!timer) next();
      }),
    count: () => void recent.push(performance.now()),
  };
}
