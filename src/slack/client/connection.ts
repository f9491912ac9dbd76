import { setTimeout as later } from 'node:timers/promises';
import type { Log } from '../../telemetry.ts';
import { keepTrying, pauseAfter } from './keep-trying.ts';
import type { Connection } from './link.ts';
import { mendable } from './mend.ts';

/** A connection that lasted so long was a good one: the next is opened at once. */
const STEADY_MS = 30_000;

export interface Connecting {
  readonly link: Connection;
  /** Asks Slack whose token it is, before anything comes over `link`. Rejects with a `UserError` when it is for another workspace. */
  readonly identify: () => Promise<void>;
  /** Whether a start may end with an error that only a person can mend: no deployment is open. */
  readonly mayEnd: () => Promise<boolean>;
  /** Slack is there, for the first time or again. */
  readonly connected: () => void;
  /** The connection was lost; another is opened. */
  readonly lost: () => void;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Connects to Slack, however long it is away, and stays connected until `signal` fires. Resolves when the connection is open
 * for the first time, or when `signal` has fired. Rejects with a `UserError` when only a person can mend what Slack refuses;
 * never after the first connection.
 */
export async function connect(connecting: Connecting): Promise<void> {
  const { identify, mayEnd, connected, signal, log } = connecting;
  const attempt = async () => {
    const identified = mendable('auth.test', identify());
    const opened = open(connecting, identified);
    // Both have an end, and the next attempt begins after it.
    await Promise.allSettled([identified, opened]);
    await identified;
    await opened;
  };
  await keepTrying(attempt, { mayEnd, signal, log });
  if (signal.aborted) return;
  connected();
  void stay(connecting);
}

const open = ({ link }: Connecting, identified?: Promise<unknown>) =>
  mendable('apps.connections.open', link.open(identified));

async function stay(connecting: Connecting): Promise<void> {
  const { link, connected, lost, signal, log } = connecting;
  for (let short = 0; !signal.aborted; ) {
    const openedAt = performance.now();
    await link.closed();
    lost();
    short = performance.now() - openedAt < STEADY_MS ? short + 1 : 0;
    if (short > 0) await later(pauseAfter(short), undefined, { signal }).catch(() => undefined);
    await keepTrying(() => open(connecting), { mayEnd: async () => false, signal, log });
    if (!signal.aborted) connected();
  }
}
