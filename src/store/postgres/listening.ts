import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Pool } from './pool.ts';
import { CLOSE_MS, LISTEN } from './waits.ts';

/** Listens on one connection, and connects again when that is lost. What was sent meanwhile is not heard. */
export interface Listening {
  start(): void;
  /** Resolves once the connection is closed, or `CLOSE_MS` later. Never rejects. */
  stop(): Promise<void>;
}

const limit = { query_timeout: LISTEN.ANSWER_MS };

/** Calls `heard` with the payload of each notification of a channel. Nothing that fails is an error: it is tried again. */
export function createListening(
  { own }: Pick<Pool, 'own'>,
  channel: string,
  heard: (payload: string) => void,
): Listening {
  let stopping = new AbortController();
  let listening: Promise<void> = Promise.resolve();

  /** Rejects once the connection is lost, or `signal` fires. */
  const listenOn = async (client: pg.Client, signal: AbortSignal, isHearing: () => void): Promise<never> => {
    const lost = new AbortController();
    const lose = () => lost.abort();
    const over = AbortSignal.any([signal, lost.signal]);
    client.on('error', lose).on('end', lose);
    client.on('notification', ({ payload = '' }) => heard(payload));
    await client.connect();
    await client.query({ text: `listen ${channel}`, ...limit });
    for (;;) {
      // A network that went away says nothing.
      await delay(LISTEN.ALIVE_MS, undefined, { ref: false, signal: over });
      await client.query({ text: 'select 1 as alive', ...limit });
      isHearing();
    }
  };
  const keepListening = async (signal: AbortSignal): Promise<void> => {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const client = own();
      await listenOn(client, signal, () => {
        failures = 0;
      }).catch(() => {});
      await soon(client.end());
      const pause = Math.min(LISTEN.MOST_PAUSE_MS, LISTEN.FIRST_PAUSE_MS * 2 ** Math.min(failures, 10));
      await delay(pause, undefined, { ref: false, signal }).catch(() => {});
    }
  };
  return {
    start() {
      stopping = new AbortController();
      const { signal } = stopping;
      listening = listening.then(() => keepListening(signal));
    },
    stop() {
      stopping.abort();
      return soon(listening);
    },
  };
}

/** Waits for the end of a connection, which a network that went away never has. Never rejects. */
async function soon(ending: Promise<void>): Promise<void> {
  await Promise.race([ending.catch(() => {}), delay(CLOSE_MS, undefined, { ref: false })]);
}
