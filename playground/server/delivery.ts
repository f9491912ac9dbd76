import { createHmac, randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { SIGNING_SECRET } from './world.ts';

export type Kind = 'slash_commands' | 'interactive' | 'events_api';
export type Acknowledged =
  | { readonly ok: true; readonly ms: number; readonly payload: unknown }
  | { readonly ok: false; readonly ms: number; readonly error: string };

/** How a payload reaches the app, and its acknowledgement comes back. */
export interface Delivery {
  send(kind: Kind, payload: object): Promise<Acknowledged>;
}

/** Slack waits this long for an app. */
const ACK_MS = 3000;

/** Socket Mode: each envelope goes to exactly one of the open connections, in turn. */
export function createSocketDelivery(
  sockets: readonly WebSocket[],
): Delivery & { acknowledge(id: string, payload: unknown): void } {
  const waiting = new Map<string, (payload: unknown) => void>();
  let turn = 0;
  return {
    send(kind, payload) {
      const socket = sockets[turn % Math.max(1, sockets.length)];
      turn += 1;
      const started = performance.now();
      const ms = () => performance.now() - started;
      if (!socket) return Promise.resolve({ ok: false, ms: 0, error: 'dispatch_failed' });
      const id = randomUUID();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(id);
          resolve({ ok: false, ms: ms(), error: 'operation_timeout' });
        }, ACK_MS);
        waiting.set(id, (answer) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve({ ok: true, ms: ms(), payload: answer });
        });
        socket.send(
          JSON.stringify({ envelope_id: id, type: kind, payload, accepts_response_payload: kind !== 'events_api' }),
        );
      });
    },
    acknowledge: (id, payload) => waiting.get(id)?.(payload),
  };
}

/** Signed HTTP: a form for commands and clicks, JSON for events; the response's body is the acknowledgement. */
export function createHttpDelivery(url: string): Delivery {
  return {
    async send(kind, payload) {
      const form =
        kind === 'slash_commands'
          ? new URLSearchParams(payload as Record<string, string>)
          : new URLSearchParams({ payload: JSON.stringify(payload) });
      const body = kind === 'events_api' ? JSON.stringify(payload) : form.toString();
      const timestamp = String(Math.floor(Date.now() / 1000));
      const signature = `v0=${createHmac('sha256', SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest('hex')}`;
      const started = performance.now();
      const ms = () => performance.now() - started;
      try {
        const response = await fetch(url, {
          method: 'POST',
          body,
          signal: AbortSignal.timeout(ACK_MS),
          headers: {
            'content-type': kind === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
            'x-slack-request-timestamp': timestamp,
            'x-slack-signature': signature,
          },
        });
        const text = await response.text();
        if (!response.ok) return { ok: false, ms: ms(), error: 'dispatch_failed' };
        return {
          ok: true,
          ms: ms(),
          payload: text === '' ? undefined : text.startsWith('{') ? JSON.parse(text) : { text },
        };
      } catch (error) {
        return {
          ok: false,
          ms: ms(),
          error: (error as Error).name === 'TimeoutError' ? 'operation_timeout' : 'dispatch_failed',
        };
      }
    },
  };
}
