import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Readiness } from './readiness.ts';

export interface Pages {
  readonly readiness: Readiness;
  /** The body of `/metrics` and its content type. Never rejects. */
  metrics(): Promise<{ readonly type: string; readonly text: string }>;
}

export interface Listen {
  readonly host: string;
  readonly port: number;
}

export interface StatusServer {
  readonly port: number;
  close(): Promise<void>;
}

const PLAIN = 'text/plain; charset=utf-8';

/** A client that sends its request slowly, or does not read the answer, is cut off. */
const SLOWEST_MS = 10_000;

/** Serves `/metrics`, `/healthz` and `/readyz`. Rejects with Node's error when the address cannot be used. */
export async function serveStatus({ host, port }: Listen, pages: Pages): Promise<StatusServer> {
  const server: Server = createServer(
    { requestTimeout: SLOWEST_MS, headersTimeout: SLOWEST_MS },
    (request, response) => {
      response.setTimeout(SLOWEST_MS, () => response.destroy());
      answer(request, response, pages).catch(() => response.writeHead(500).end());
    },
  );
  server.maxConnections = 100;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer({ method, url = '' }: IncomingMessage, response: ServerResponse, pages: Pages): Promise<void> {
  const send = (status: number, text: string, type = PLAIN) => {
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
    response.end(method === 'HEAD' ? undefined : text);
  };
  if (method !== 'GET' && method !== 'HEAD') return send(405, 'Only GET and HEAD.\n');
  const path = url.split('?', 1)[0];
  if (path === '/healthz') return send(200, 'ok\n');
  if (path === '/readyz') {
    const failing = await pages.readiness();
    return failing.length === 0 ? send(200, 'ok\n') : send(503, `${failing.join('\n')}\n`);
  }
  if (path === '/metrics') {
    const { type, text } = await pages.metrics();
    return send(200, text, type);
  }
  return send(404, 'Here are /metrics, /healthz and /readyz.\n');
}
