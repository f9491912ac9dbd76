import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { callEngine } from './api.ts';

/** What carries this label was made here, and is all that may be changed on an engine that is somebody's. */
export const LABEL = 'fairlead.playground';

const REFUSED = 'The playground changes only what it made itself.';

/**
 * A socket before an engine that was there already. Everything can be read through it; of what changes something, only
 * what concerns containers and images with our label goes through. So `/prune images -a` at the playground's prompt, confirmed
 * by somebody in a hurry, still leaves their machine alone.
 */
export async function guardEngine(engine: string, socketPath: string): Promise<{ stop(): Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    pass(engine, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('upgrade', (_, socket) => socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n'));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve));
  return {
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function pass(engine: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const method = incoming.method ?? '';
  const path = decoded((incoming.url ?? '').replace(/^\/v\d+\.\d+/u, '').replace(/\?.*/su, ''));
  const creates = method === 'POST' && path === '/containers/create';
  const body = creates ? ((await json(incoming)) as { Labels?: Record<string, string> }) : undefined;
  const allowed = creates ? body?.Labels?.[LABEL] !== undefined : await isAllowed(engine, method, path);
  if (!allowed) {
    outgoing.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ message: REFUSED }));
    return;
  }
  const text = body && Buffer.from(JSON.stringify(body));
  const headers = { ...incoming.headers, ...(text ? { 'content-length': text.length } : {}) };
  if (text) delete (headers as IncomingMessage['headers'])['transfer-encoding'];
  const inner = request({ socketPath: engine, method, path: incoming.url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  inner.on('error', () => outgoing.destroy());
  outgoing.on('close', () => inner.destroy());
  if (text) inner.end(text);
  else incoming.pipe(inner);
}

/** As the engine will read it; nothing where that is unclear. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

async function isAllowed(engine: string, method: string, path: string): Promise<boolean> {
  if (method === 'GET' || method === 'HEAD') return true;
  // A pull; the bot's config allows pulling from the playground's own registry only.
  if (method === 'POST' && path === '/images/create') return true;
  if (/\.\.|\/\/|%|\\/u.test(path)) return false;
  // `POST /containers/<id>/stop` ends in what is done; `DELETE /images/<name>` is all name.
  const shape = { POST: /^\/(containers|images)\/(.+)\/[a-z]+$/u, DELETE: /^\/(containers|images)\/(.+)$/u }[method];
  const [, room, id] = shape?.exec(path) ?? [];
  if (room === undefined || id === undefined) return false;
  const { status, text } = await callEngine(engine, 'GET', `/${room}/${id}/json`);
  if (status !== 200) return status === 404;
  const { Config } = JSON.parse(text) as { Config?: { Labels?: Record<string, string> | null } };
  return Config?.Labels?.[LABEL] !== undefined;
}
