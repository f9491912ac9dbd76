import { mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Asked {
  /** Method and address, as on the request line. */
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** An engine that does exactly what a test tells it, and refuses every address the test did not name. */
export interface FakeEngine extends AsyncDisposable {
  readonly socketPath: string;
  readonly asked: readonly Asked[];
  /** Connections made so far. */
  connections(): number;
  /** Resolves with the next request to that path once its connection is closed. */
  closed(): Promise<void>;
}

export const VERSION = { Version: '24.0.0', ApiVersion: '1.43', MinAPIVersion: '1.12', Os: 'linux', Arch: 'amd64' };

/** Routes by method and path without version and query: `GET /info`. */
export async function fakeEngine(routes: Readonly<Record<string, Answer>>): Promise<FakeEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-fake-'));
  const socketPath = join(folder, 'engine.sock');
  const { listener, asked } = recorder(routes);
  const server = createServer(listener);
  const sockets = new Set<Socket>();
  let connections = 0;
  let onClosed = () => {};
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      onClosed();
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    asked,
    connections: () => connections,
    closed: () =>
      new Promise((resolve) => {
        onClosed = resolve;
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same behaviour for any server of Node's. */
export function recorder(routes: Readonly<Record<string, Answer>>): { listener: RequestListener; asked: Asked[] } {
  const asked: Asked[] = [];
  const all: Readonly<Record<string, Answer>> = { 'GET /version': json(VERSION), ...routes };
  const listener: RequestListener = (request, response) => {
    const { method = '', url = '' } = request;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ line: `${method} ${url}`, headers: request.headers, body: Buffer.concat(chunks).toString() });
      const path = url.replace(/^\/v1\.\d+(?=\/)/u, '').replace(/\?.*$/su, '');
      const answer = all[`${method} ${path}`] ?? json({ message: `no route for ${method} ${path}` }, 404);
      answer(response, request);
    });
  };
  return { listener, asked };
}

export function json(value: unknown, status = 200): Answer {
  return text(JSON.stringify(value), status);
}

export function text(body: string, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(body);
}

/** Sends the chunks one event apart, so that each arrives alone. */
export function chunks(parts: readonly (string | Buffer)[], status = 200): Answer {
  return async (response) => {
    response.writeHead(status);
    for (const part of parts) {
      await new Promise<void>((resolve) => response.write(part, () => setImmediate(resolve)));
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    response.end();
  };
}

/** Never says a word. */
export const silence: Answer = () => {};

export function frame(type: number, payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(8);
  head[0] = type;
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

export const ID = 'a1b2'.repeat(16);
export const IMAGE_ID = `sha256:${'c0ffee'.repeat(10)}abcd`;
