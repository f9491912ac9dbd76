import { setTimeout as later } from 'node:timers/promises';
import { messageOf, UserError } from '../../domain/errors.ts';
import { asText } from '../../domain/phrase.ts';
import type { Log } from '../../telemetry.ts';

const FIRST_MS = 500;
const MOST_MS = 30_000;
/** Slack may ask for more than our own cap, and not for any time. */
const MOST_ASKED_MS = 300_000;

/**
 * Milliseconds until the next attempt after so many failures in a row: twice as long each time up to 30 s, of which a random
 * half, so that many bots do not come back at the same moment. What Slack asks for is kept, up to five minutes.
 */
export function pauseAfter(failures: number, error?: unknown, random: () => number = Math.random): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 16));
  const { retryAfter = 0 } = (error ?? {}) as { retryAfter?: number };
  const asked = Math.min(MOST_ASKED_MS, Math.max(0, retryAfter) * 1000) || 0;
  return Math.max(asked, Math.round((most / 2) * (1 + random())));
}

export interface Trying {
  readonly log: Log;
  /** Ends the trying, in the middle of a pause too. */
  readonly signal: AbortSignal;
  /** Whether to end with an error that only a person can mend, which is a `UserError`, or to go on all the same. */
  readonly mayEnd: () => Promise<boolean>;
}

/**
 * Makes attempts until one succeeds, or until `signal` fires; then it resolves too. Rejects with a `UserError` when only a
 * person can mend what is wrong and `mayEnd` says that nothing else is lost by that.
 */
export async function keepTrying(attempt: () => Promise<void>, trying: Trying): Promise<void> {
  const { log, signal } = trying;
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) return;
      const mend = error instanceof UserError ? error : undefined;
      if (mend && (await trying.mayEnd())) throw mend;
      const againInMs = pauseAfter(failures, error);
      const told = { failures, againInMs, err: messageOf(error), tryThis: mend?.hint && asText(mend.hint) };
      log[mend ? 'error' : 'warn'](told, 'Slack could not be reached; it is tried again');
      await later(againInMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
