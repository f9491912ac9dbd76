import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VERSION } from '../../docker/fake-engine.ts';

/** A container of an engine that exists only here. */
export interface Body {
  readonly id: string;
  name: string;
  state: 'running' | 'exited' | 'paused';
  readonly image: string;
  /** Index of the container whose network it shares. */
  readonly joins: string | undefined;
  readonly autoRemove: boolean;
  readonly volumes: readonly string[];
  readonly policy: string;
  pids: number;
}

/** What an engine does with a change: all of it, or the connection breaks before or after it has an effect. */
export type Fate = 'answers' | 'cut before' | 'cut after';

export interface World extends AsyncDisposable {
  readonly socketPath: string;
  readonly bodies: Map<string, Body>;
  /** Every call that changes something: `POST stop <id>`, `DELETE volume <name>`. */
  readonly changes: string[];
  fate: Fate;
}

/** An engine that keeps containers in memory and does what it is asked to, without asking back. */
export async function createWorld(all: readonly Body[]): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-world-'));
  const socketPath = join(folder, 'engine.sock');
  const bodies = new Map(all.map((body) => [body.id, body]));
  const changes: string[] = [];
  const world: World = {
    socketPath,
    bodies,
    changes,
    fate: 'answers',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const url = new URL(request.url ?? '/', 'http://engine');
      answer(`${request.method}`, url.pathname.replace(/^\/v1\.\d+/u, ''), url.searchParams, response);
    });
  });
  const answer = (method: string, path: string, query: URLSearchParams, response: ServerResponse) => {
    const send = (status: number, value?: unknown) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(value === undefined ? '' : JSON.stringify(value));
    if (path === '/version') return send(200, VERSION);
    if (path === '/containers/json') return send(200, [...bodies.values()].map(listed));
    if (path === '/volumes') return send(200, { Volumes: [] });
    const volume = /^\/volumes\/(.+)$/u.exec(path)?.[1];
    if (volume !== undefined) {
      changes.push(`${method} volume ${volume}`);
      return send(204);
    }
    const [, id = '', action = ''] = /^\/containers\/([0-9a-f]{64})(?:\/(\w+))?$/u.exec(path) ?? [];
    const body = bodies.get(id);
    if (!body) return send(404, { message: `No such container: ${id}` });
    if (method === 'GET') return send(200, inspected(body));
    changes.push(`${method} ${action === '' ? 'remove' : action} ${id}`);
    if (world.fate === 'cut before') return response.destroy();
    if (method === 'DELETE' || (body.autoRemove && (action === 'stop' || action === 'kill'))) bodies.delete(id);
    else if (action === 'stop' || action === 'kill') body.state = 'exited';
    else if (action === 'pause') body.state = 'paused';
    else if (action === 'unpause') body.state = 'running';
    else if (action === 'rename') body.name = query.get('name') ?? body.name;
    if (world.fate === 'cut after') return response.destroy();
    return action === 'update' ? send(200, { Warnings: [] }) : send(204);
  };
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return world;
}

const mountsOf = ({ volumes }: Body) =>
  volumes.map((Name, index) => ({ Type: 'volume', Name, Source: `/var/${Name}`, Destination: `/v${index}` }));

function listed(body: Body): object {
  const { id, name, image, state } = body;
  return {
    Id: id,
    Names: [`/${name}`],
    Image: 'busybox:1',
    ImageID: image,
    State: state,
    Status: state,
    Mounts: mountsOf(body),
  };
}

function inspected(body: Body): object {
  const { id, name, image, state, joins, autoRemove, policy, pids } = body;
  const isUp = state !== 'exited';
  return {
    Id: id,
    Name: `/${name}`,
    Image: image,
    RestartCount: 0,
    State: { Status: state, Running: isUp, Paused: state === 'paused', ExitCode: 0, StartedAt: '2026-11-28T00:00:00Z' },
    Config: { Image: 'busybox:1' },
    HostConfig: {
      NetworkMode: joins === undefined ? 'none' : `container:${joins}`,
      AutoRemove: autoRemove,
      RestartPolicy: { Name: policy, MaximumRetryCount: 0 },
      Memory: 64_000_000,
      PidsLimit: pids,
    },
    Mounts: mountsOf(body),
    NetworkSettings: { Networks: {} },
  };
}
