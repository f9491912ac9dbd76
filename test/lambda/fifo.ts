import { randomUUID } from 'node:crypto';

export interface FifoMessage {
  readonly body: string;
  readonly group: string;
  readonly key: string;
}

export interface FifoOptions {
  /** How long a message that is being worked on is not delivered again, in milliseconds. */
  readonly visibilityMs: number;
  /** After so many deliveries it goes to the dead letters. */
  readonly mostReceives: number;
  /** Works on one message; false, or a rejection, is a failure. */
  deliver(record: { readonly messageId: string; readonly body: string }): Promise<boolean>;
}

/** A FIFO queue with its event source: in order within a group, one at a time there, at least once. */
export interface Fifo {
  send(message: FifoMessage): void;
  /** Delivers a message once more although it was worked on, as happens. */
  repeat(): void;
  readonly dead: readonly FifoMessage[];
  readonly delivered: readonly FifoMessage[];
  stop(): void;
}

/** Of two messages with the same deduplication id within that time, one is delivered. */
const DEDUPLICATED_MS = 5 * 60_000;

interface Waiting extends FifoMessage {
  readonly id: string;
  receives: number;
}

export function createFifo({ visibilityMs, mostReceives, deliver }: FifoOptions): Fifo {
  const groups = new Map<string, Waiting[]>();
  const inFlight = new Set<string>();
  const keys = new Map<string, number>();
  const timers = new Set<NodeJS.Timeout>();
  const dead: FifoMessage[] = [];
  const delivered: FifoMessage[] = [];
  let isStopped = false;

  const work = async (group: string): Promise<void> => {
    const queue = groups.get(group) ?? [];
    const [message] = queue;
    if (isStopped || !message || inFlight.has(group)) return;
    inFlight.add(group);
    message.receives += 1;
    delivered.push(message);
    const isDone = await deliver({ messageId: message.id, body: message.body }).catch(() => false);
    const next = () => {
      inFlight.delete(group);
      void work(group);
    };
    if (isDone || message.receives >= mostReceives) {
      if (!isDone) dead.push(message);
      queue.shift();
      return next();
    }
    // Others of the group wait for it: that is the order.
    const timer = setTimeout(() => {
      timers.delete(timer);
      next();
    }, visibilityMs);
    timers.add(timer);
  };
  const add = (message: FifoMessage) => {
    const queue = groups.get(message.group) ?? [];
    groups.set(message.group, queue);
    queue.push({ ...message, id: randomUUID(), receives: 0 });
    void work(message.group);
  };
  return {
    dead,
    delivered,
    send(message) {
      const seen = keys.get(message.key);
      if (seen !== undefined && performance.now() - seen < DEDUPLICATED_MS) return;
      keys.set(message.key, performance.now());
      add(message);
    },
    repeat() {
      const last = delivered.at(-1);
      if (last) add({ ...last, group: `${last.group}-again` });
    },
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
