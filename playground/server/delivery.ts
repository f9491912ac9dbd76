import type { Clock } from './clock.ts';

export type Kind = 'slash_commands' | 'interactive' | 'events_api';

export interface Retry {
  readonly number: number;
  readonly reason: string;
}

export interface Delivered {
  readonly ok: boolean;
  readonly error?: string;
  /** Milliseconds until the app acknowledged. */
  readonly ackMs: number;
  /** The body of the acknowledgement. */
  readonly response?: unknown;
  /** The app asked for no retry. */
  readonly noRetry?: boolean;
}

/** Sends payloads to the app, over Socket Mode or HTTP, and returns its acknowledgements. */
export interface Delivery {
  send(kind: Kind, payload: object, retry?: Retry): Promise<Delivered>;
}

/** Milliseconds that Slack waits for an acknowledgement. */
export const ACK_MS = 3000;

// The delays of Slack's three retries.
const RETRY_AFTER_MS: readonly number[] = [0, 60_000, 300_000];

const REASONS: Readonly<Record<string, string>> = { operation_timeout: 'http_timeout', dispatch_failed: 'http_error' };

/**
 * Sends events, with Slack's retries when the app does not acknowledge one; commands and clicks are never retried.
 * `send` resolves with the first attempt.
 */
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
