import { callEngine, mustSend } from '../../playground/engine/api.ts';
import { importBusybox } from '../../playground/engine/images.ts';
import { registryAuth } from '../../playground/engine/registry.ts';

type Registry = Parameters<typeof registryAuth>[0];

/** Pushes an image made of busybox, with Dockerfile lines of its own, to a registry; the engine keeps none of it. */
export async function publishImage(
  socketPath: string,
  registry: Registry,
  image: string,
  changes: readonly string[] = [],
): Promise<void> {
  const name = `${registry.host}/${image}`;
  const colon = name.lastIndexOf(':');
  const [repository, tag] = [name.slice(0, colon), name.slice(colon + 1)];
  await importBusybox(socketPath, name, { changes });
  await mustSend(socketPath, {
    method: 'POST',
    path: `/images/${repository}/push?tag=${tag}`,
    headers: registryAuth(registry),
  });
  await callEngine(socketPath, 'DELETE', `/images/${name}`);
}
