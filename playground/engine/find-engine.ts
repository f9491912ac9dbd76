import { existsSync } from 'node:fs';
import { callEngine } from './api.ts';

/** The engine of this machine, if one answers: DOCKER_HOST when it names a socket, else Docker's and Podman's own. */
export async function findEngine(): Promise<string | undefined> {
  const named = process.env['DOCKER_HOST']?.replace(/^unix:\/\//u, '');
  const rootless = process.env['XDG_RUNTIME_DIR'] ?? `/run/user/${process.getuid?.() ?? 0}`;
  const sockets = [named, '/var/run/docker.sock', `${rootless}/docker.sock`, `${rootless}/podman/podman.sock`];
  for (const socket of sockets) {
    if (socket === undefined || !existsSync(socket)) continue;
    const answer = await Promise.race([
      callEngine(socket, 'GET', '/_ping').catch(() => undefined),
      new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 1000)),
    ]);
    if (answer?.status === 200) return socket;
  }
  return undefined;
}
