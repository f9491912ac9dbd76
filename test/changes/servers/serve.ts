import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What is answered; `undefined` answers nothing and keeps the connection open. */
export type Answer =
  | { readonly status: number; readonly json?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | undefined;

/** A receiver on the loopback. `faults` are answered first, one to each request. */
export async function serveReceiver(answer: (asked: Asked) => Answer) {
  const asked: Asked[] = [];
  const faults: (Answer | 'silence')[] = [];
  const seen = new EventEmitter();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://receiver');
    const one: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      text: Buffer.concat(chunks).toString('utf8'),
    };
    asked.push(one);
    const fault = faults.shift();
    const given = fault === 'silence' ? undefined : (fault ?? answer(one));
    seen.emit('asked');
    if (!given) return;
    response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
    response.end(given.json === undefined ? '' : JSON.stringify(given.json));
  };
  const server = createServer((request, response) => {
    // Of a request that broke off nobody waits for an answer.
    handle(request, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    faults,
    /** Resolves once so many requests came. */
    async came(count: number): Promise<void> {
      while (asked.length < count) await once(seen, 'asked');
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
