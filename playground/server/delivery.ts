import type { Clock } from './clock.ts';

export type Kind = 'slash_commands' | 'interactive' | 'events_api';

export interface Retry {
  readonly number: number;
  readonly reason: string;
}

export interface Delivered {
  readonly ok: boolean;
  readonly error?: string;
  /** How long the app took to acknowledge. */
  readonly ackMs: number;
  /** What came with the acknowledgement. */
  readonly response?: unknown;
  /** The app asked not to be told again. */
  readonly noRetry?: boolean;
}

/** How a payload reaches the app, and its acknowledgement comes back. */
export interface Delivery {
  send(kind: Kind, payload: object, retry?: Retry): Promise<Delivered>;
}

/** Slack waits this long for an app. */
export const ACK_MS = 3000;

// At once, after a minute, after five.
const RETRY_AFTER_MS: readonly number[] = [0, 60_000, 300_000];

const REASONS: Readonly<Record<string, string>> = { operation_timeout: 'http_timeout', dispatch_failed: 'http_error' };

/** Events come again when they were not taken; commands and clicks never do. Settles with the first attempt. */
export function createEventSender(
  delivery: () => Delivery,
  clock: Clock,
): { send(payload: object): Promise<Delivered>; stop(): void } {
  const pending = new Set<() => void>();
  let stopped = false;
  const again = (payload: object, failed: Delivered, attempt: number) => {
    const wait = RETRY_AFTER_MS[attempt];
    if (failed.ok || failed.noRetry || wait === undefined || stopped) return;
    const cancel = clock.after(wait, () => {
      pending.delete(cancel);
      const retry = { number: attempt + 1, reason: REASONS[failed.error ?? ''] ?? 'unknown_error' };
      void delivery()
        .send('events_api', payload, retry)
        .then((next) => again(payload, next, attempt + 1));
    });
    pending.add(cancel);
  };
  return {
    async send(payload) {
      const first = await delivery().send('events_api', payload);
      again(payload, first, 0);
      return first;
    },
    stop() {
      stopped = true;
      for (const cancel of pending) cancel();
    },
  };
}
