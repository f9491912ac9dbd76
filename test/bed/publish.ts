import { callEngine, mustCall } from '../../playground/engine/api.ts';
import { importBusybox } from '../../playground/engine/images.ts';

interface Registry {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** Pushes an image made of busybox, with Dockerfile lines of its own, to a registry; the engine keeps none of it. */
export async function publishImage(
  socketPath: string,
  registry: Registry,
  image: string,
  changes: readonly string[] = [],
): Promise<void> {
  const { username, password, host } = registry;
  const auth = Buffer.from(JSON.stringify({ username, password, serveraddress: host })).toString('base64url');
  const name = `${host}/${image}`;
  const colon = name.lastIndexOf(':');
  const [repository, tag] = [name.slice(0, colon), name.slice(colon + 1)];
  await importBusybox(socketPath, name, { changes });
  await mustCall(socketPath, 'POST', `/images/${repository}/push?tag=${tag}`, undefined, { 'X-Registry-Auth': auth });
  await callEngine(socketPath, 'DELETE', `/images/${name}`);
}
