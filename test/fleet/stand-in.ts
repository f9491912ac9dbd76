import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type EngineState, Refused } from './engine-state.ts';
import { answerTo } from './routes.ts';

/** What is wrong with an engine; it may change while the engine runs. */
export type Fault =
  /** Takes connections and requests, and never answers. */
  | { readonly kind: 'silent' }
  /** Answers everything this many milliseconds later than it would. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Answers everything with this status of a failure. */
  | { readonly kind: 'broken'; readonly status: number };

/** A small stand-in for one engine: containers and images in memory, behind a socket. */
export interface StandIn {
  readonly name: string;
  readonly socketPath: string;
  readonly state: EngineState;
  fault: Fault | undefined;
}

export interface StandIns extends AsyncDisposable {
  readonly all: readonly StandIn[];
  /** By name to the path of its socket, as tests name hosts. */
  readonly sockets: Readonly<Record<string, string>>;
  /** Connections that are open now, over all of them. */
  connections(): number;
  /** The most requests that were under way at once. */
  mostAtOnce(): number;
  /** The hosts of all requests, in order, since the start or since `forget`. */
  asked(): readonly string[];
  forget(): void;
}

export interface StandInOptions {
  /** Milliseconds until an answer, of the host with this index. */
  readonly latencyMs: (index: number) => number;
  /** Running containers of each host at the start. */
  readonly containers: number;
}

/** The name of a host by its index: `web-007`. */
export const hostName = (index: number) => `web-${String(index).padStart(3, '0')}`;

/** Starts as many engines as a fleet has, in this process. */
export async function startStandIns(count: number, { latencyMs, containers }: StandInOptions): Promise<StandIns> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-stand-ins-'));
  const servers: Server[] = [];
  const traffic: Traffic = { connections: 0, underWay: 0, most: 0, asked: [] };
  const all = Array.from({ length: count }, (_, index): StandIn => {
    const standIn: StandIn = {
      name: hostName(index),
      socketPath: join(folder, `${index}.sock`),
      state: createEngine(hostName(index), containers),
      fault: undefined,
    };
    const server = createServer((request, response) => void serve(standIn, latencyMs(index), { request, response }));
    // What an engine does with connections that nobody uses: nothing.
    server.keepAliveTimeout = 0;
    countTraffic(standIn.name, server, traffic);
    servers.push(server);
    return standIn;
  });
  await Promise.all(
    servers.map((server, at) => new Promise<void>((done) => server.listen(all[at]?.socketPath, () => done()))),
  );
  return {
    all,
    sockets: Object.fromEntries(all.map(({ name, socketPath }) => [name, socketPath])),
    connections: () => traffic.connections,
    mostAtOnce: () => traffic.most,
    asked: () => traffic.asked,
    forget() {
      traffic.asked = [];
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Traffic {
  connections: number;
  underWay: number;
  most: number;
  asked: string[];
}

function countTraffic(name: string, server: Server, traffic: Traffic): void {
  server.on('connection', (socket) => {
    traffic.connections += 1;
    socket.on('error', () => {});
    socket.on('close', () => {
      traffic.connections -= 1;
    });
  });
  server.on('request', (_, response) => {
    traffic.asked.push(name);
    traffic.underWay += 1;
    traffic.most = Math.max(traffic.most, traffic.underWay);
    response.on('close', () => {
      traffic.underWay -= 1;
    });
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function serve(standIn: StandIn, latencyMs: number, { request, response }: Exchange): Promise<void> {
  response.on('error', () => {});
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    // The client has gone.
    return;
  }
  const { fault, state } = standIn;
  if (fault?.kind === 'silent') return;
  const send = () => {
    if (fault?.kind === 'broken') return write(response, fault.status, { message: 'the engine is broken' });
    try {
      const { status, body } = answerTo(state, request, Buffer.concat(chunks).toString('utf8'));
      write(response, status, body);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      write(response, error.status, { message: error.message });
    }
  };
  setTimeout(send, latencyMs + (fault?.kind === 'slow' ? fault.ms : 0));
}

function write(response: ServerResponse, status: number, body: unknown): void {
  const headers = { 'api-version': '1.43', 'content-type': 'application/json' };
  response.writeHead(status, headers).end(body === undefined ? undefined : `${JSON.stringify(body)}\n`);
}
