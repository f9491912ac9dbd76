import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { callEngine } from './api.ts';

/** The label of everything the playground makes: on the user's engine, nothing else may be changed. */
export const LABEL = 'fairlead.playground';

const REFUSED = 'The playground changes only what it made itself.';

/**
 * Serves a socket that forwards to the user's engine. Reads are allowed; changes only for containers and images with
 * the playground's label. So `/prune images -a`, typed in the playground and confirmed in a hurry, removes nothing of
 * the user's.
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
  const body = creates ? ((await json(incoming)) as CreateBody) : undefined;
  const allowed = body ? await mayCreate(engine, body) : await isAllowed(engine, method, path);
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

interface CreateBody {
  readonly Image?: string;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** A container has the labels of its image too. */
async function mayCreate(engine: string, { Image = '', Labels }: CreateBody): Promise<boolean> {
  return (
    Labels?.[LABEL] !== undefined || (await hasLabel(engine, `/images/${encodeURIComponent(Image)}/json`)) === 'yes'
  );
}

/** The path as the engine decodes it; empty when it cannot be decoded. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

async function isAllowed(engine: string, method: string, path: string): Promise<boolean> {
  if (method === 'GET' || method === 'HEAD') return true;
  // A pull: the bot's config allows only the playground's own registry.
  if (method === 'POST' && path === '/images/create') return true;
  // An account is tried: nothing changes, and the bot has only the one of the playground's registry.
  if (method === 'POST' && path === '/auth') return true;
  if (/\.\.|\/\/|%|\\/u.test(path)) return false;
  const exec = method === 'POST' ? /^\/exec\/([0-9a-f]{64})\/start$/u.exec(path)?.[1] : undefined;
  if (exec !== undefined) return isAllowedExec(engine, exec);
  // `POST /containers/<id>/stop` ends with the action; `DELETE /images/<name>` ends with the name.
  const shape = { POST: /^\/(containers|images)\/(.+)\/[a-z]+$/u, DELETE: /^\/(containers|images)\/(.+)$/u }[method];
  const [, collection, id] = shape?.exec(path) ?? [];
  if (collection === undefined || id === undefined) return false;
  return (await hasLabel(engine, `/${collection}/${id}/json`)) !== 'no';
}

/** A program starts where it was created, and that was a change of the container. */
async function isAllowedExec(engine: string, id: string): Promise<boolean> {
  const { status, text } = await callEngine(engine, 'GET', `/exec/${id}/json`);
  if (status !== 200) return status === 404;
  const { ContainerID } = JSON.parse(text) as { ContainerID?: string };
  return (await hasLabel(engine, `/containers/${ContainerID}/json`)) === 'yes';
}

async function hasLabel(engine: string, path: string): Promise<'yes' | 'no' | 'absent'> {
  const { status, text } = await callEngine(engine, 'GET', path);
  if (status !== 200) return status === 404 ? 'absent' : 'no';
  const { Config } = JSON.parse(text) as { Config?: { Labels?: Record<string, string> | null } };
  return Config?.Labels?.[LABEL] === undefined ? 'no' : 'yes';
}
