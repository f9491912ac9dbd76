import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from './clock.ts';
import { APP } from './defaults.ts';
import { ACK_MS, type Delivered, type Delivery } from './delivery.ts';
import type { Faults } from './faults.ts';

const MAX_CONNECTIONS = 10;
const TICKET_MS = 30_000;
const PING_MS = 10_000;
const PATH = '/link';

export interface SocketHub extends Delivery {
  /** A path with a ticket for one connection. */
  ticket(): string;
  /** Accepts a connection with a valid ticket; false otherwise. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  count(): number;
  /** Asks the app to reconnect and closes its connections, as Slack does. */
  disconnect(reason: string): void;
  /** Sends this to each connection as it is. */
  frame(data: string | Buffer): void;
  stop(): void;
}

/** Socket Mode: up to ten connections; each envelope is sent to one of them, in turn. */
export function createSocketHub(clock: Clock, faults: Faults, changed: () => void): SocketHub {
  const wss = new WebSocketServer({ noServer: true });
  const tickets = new Map<string, number>();
  const open: WebSocket[] = [];
  const waiting = new Map<string, (payload: unknown) => void>();
  let turn = 0;
  const pings = setInterval(() => {
    for (const socket of open) socket.ping('Ping from Slack');
  }, PING_MS);
  pings.unref();

  function welcome(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    if (open.length >= MAX_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      socket.close();
      return;
    }
    open.push(socket);
    socket.on('close', () => {
      forget(socket);
      changed();
    });
    socket.on('message', (data) => {
      const { envelope_id, payload } = parse(String(data));
      waiting.get(envelope_id ?? '')?.(payload);
    });
    const about = { num_connections: open.length, connection_info: { app_id: APP }, debug_info: { host: 'local' } };
    socket.send(JSON.stringify({ type: 'hello', ...about }));
    changed();
  }

  function forget(socket: WebSocket): void {
    const index = open.indexOf(socket);
    if (index >= 0) open.splice(index, 1);
  }

  // A connection that is being refreshed gets no more envelopes, though the app has yet to close it.
  function leave(socket: WebSocket, reason: string): void {
    forget(socket);
    socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local' } }));
    socket.close();
  }

  return {
    send(kind, payload, retry) {
      const fault = faults.take('ws');
      const socket = open[turn % Math.max(1, open.length)];
      turn += 1;
      if (!socket) return Promise.resolve({ ok: false, ackMs: 0, error: 'dispatch_failed' });
      const id = randomUUID();
      const started = clock.now();
      const { promise, resolve } = Promise.withResolvers<Delivered>();
      const cancel = clock.after(ACK_MS, () => {
        waiting.delete(id);
        resolve({ ok: false, ackMs: clock.now() - started, error: 'operation_timeout' });
      });
      waiting.set(id, (response) => {
        cancel();
        waiting.delete(id);
        resolve({ ok: true, ackMs: clock.now() - started, response });
      });
      const about = retry ? { retry_attempt: retry.number, retry_reason: retry.reason } : {};
      const accepts_response_payload = kind !== 'events_api';
      const frame = JSON.stringify({ envelope_id: id, type: kind, payload, accepts_response_payload, ...about });
      if (fault?.drop) socket.terminate();
      else if (fault?.error !== undefined) leave(socket, fault.error);
      else if (fault?.latencyMs !== undefined) clock.after(fault.latencyMs, () => socket.send(frame));
      else socket.send(frame);
      return promise;
    },
    ticket() {
      const ticket = randomUUID();
      tickets.set(ticket, clock.now() + TICKET_MS);
      return `${PATH}?ticket=${ticket}&app_id=${APP}`;
    },
    upgrade(request, socket, head) {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      const ticket = searchParams.get('ticket') ?? '';
      const until = tickets.get(ticket);
      tickets.delete(ticket);
      if (pathname !== PATH || until === undefined || clock.now() > until) return false;
      wss.handleUpgrade(request, socket, head, welcome);
      return true;
    },
    count: () => open.length,
    disconnect(reason) {
      for (const socket of [...open]) leave(socket, reason);
    },
    frame(data) {
      for (const socket of open) socket.send(data);
    },
    stop() {
      clearInterval(pings);
      for (const socket of wss.clients) socket.terminate();
      wss.close();
    },
  };
}

function parse(data: string): { envelope_id?: string; payload?: unknown } {
  try {
    return JSON.parse(data) as { envelope_id?: string; payload?: unknown };
  } catch {
    return {};
  }
}
