import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mustCall } from '../playground/engine/api.ts';
import { importBusybox } from '../playground/engine/images.ts';
import type { LocalRegistry } from '../playground/engine/registry.ts';
import { authHeaders } from '../src/docker/deploying.ts';
import type { Engine } from '../src/docker/engine.ts';

/** How long a new version has to stay healthy. */
export const STABLE_MS = 500;
const SERVE = `trap "exit 0" TERM; echo hello >/tmp/index.html; httpd -p 80 -h /tmp; while :; do sleep 600 & wait; done`;
const CHECK = ['HEALTHCHECK --interval=500ms CMD true', `CMD ["sh","-c",${JSON.stringify(SERVE)}]`];

/** A service with two versions, on an engine and in a registry. */
export interface Shop {
  readonly socket: string;
  readonly engine: Engine;
  readonly repository: string;
  /** Of the tags 1 and 2. */
  readonly digests: readonly string[];
  readonly auth: { readonly username: string; readonly password: string; readonly serverAddress: string };
}

export async function publish(
  socket: string,
  engine: Engine,
  { host, username, password }: LocalRegistry,
): Promise<Shop> {
  const auth = { username, password, serverAddress: host };
  const repository = `${host}/bench/shop`;
  const digests: string[] = [];
  for (const tag of ['1', '2']) {
    await importBusybox(socket, `${repository}:${tag}`, { changes: CHECK });
    await mustCall(socket, 'POST', `/images/${repository}/push?tag=${tag}`, undefined, authHeaders(auth));
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
