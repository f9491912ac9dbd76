import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { mustSend } from '../playground/engine/api.ts';
import { importBusybox } from '../playground/engine/images.ts';
import type { LocalRegistry } from '../playground/engine/registry.ts';
import type { Engine } from '../src/docker/client/engine.ts';
import { authHeaders } from '../src/docker/client/registry-auth.ts';

/** How long a new version has to stay healthy, in milliseconds. */
export const STABLE_MS = 500;
const SERVE = `trap "exit 0" TERM; echo hello >/tmp/index.html; httpd -p 80 -h /tmp; while :; do sleep 600 & wait; done`;

/**
 * The commands of the small service, and of the one under load: `httpd` queues nine connections and loses the tenth.
 */
export const SMALL = ['sh', '-c', SERVE];
export const BUSY = [
  '/node',
  '-e',
  `const server = require('node:http').createServer((_, answer) => answer.end('hello')).listen(80);
   process.once('SIGTERM', () => server.close());`,
];
/**
 * Options of `docker run` that mount this machine's Node, and the libraries it is linked to, into a container without
 * one.
 */
export const WITH_NODE = [
  [process.execPath, '/node'],
  ...['/lib', '/lib64', '/usr/lib'].filter((folder) => existsSync(folder)).map((folder) => [folder, folder]),
].flatMap(([from, to]) => ['-v', `${from}:${to}:ro`]);

/** A service with two versions, on an engine and in a registry. */
export interface Shop {
  readonly socket: string;
  readonly engine: Engine;
  readonly repository: string;
  /** The digests of the tags 1 and 2. */
  readonly digests: readonly string[];
  readonly auth: { readonly username: string; readonly password: string; readonly serverAddress: string };
}

/** Pushes two versions of a service to a registry. */
export async function publish(
  socket: string,
  engine: Engine,
  { host, username, password }: LocalRegistry,
  command: readonly string[] = SMALL,
): Promise<Shop> {
  const auth = { username, password, serverAddress: host };
  const repository = `${host}/bench/${command === SMALL ? 'shop' : 'busy'}`;
  const changes = ['HEALTHCHECK --interval=500ms CMD true', `CMD ${JSON.stringify(command)}`];
  const digests: string[] = [];
  for (const tag of ['1', '2']) {
    await importBusybox(socket, `${repository}:${tag}`, { changes });
    await mustSend(socket, {
      method: 'POST',
      path: `/images/${repository}/push?tag=${tag}`,
      headers: authHeaders(auth),
    });
    const { digests: known } = await engine.imageConfig(`${repository}:${tag}`);
    digests.push(known[0]?.split('@')[1] as string);
  }
  return { socket, engine, repository, digests, auth };
}

export const env = ({ socket }: Pick<Shop, 'socket'>) => ({
  PATH: process.env['PATH'],
  DOCKER_HOST: `unix://${socket}`,
});
export const run = promisify(execFile);
export const docker = (shop: Shop, args: readonly string[]) => run('docker', args, { env: env(shop) });
