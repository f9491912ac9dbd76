import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  await importBusybox(socketPath, name, { changes });
  await push(socketPath, registry, name);
}

/** Builds an image of a Dockerfile with the engine's own builder and pushes it; the engine keeps none of it. */
export async function publishBuilt(
  socketPath: string,
  registry: Registry,
  image: string,
  build: { readonly dockerfile: string; readonly args: Readonly<Record<string, string>> },
): Promise<void> {
  const name = `${registry.host}/${image}`;
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-build-'));
  try {
    writeFileSync(join(folder, 'Dockerfile'), build.dockerfile);
    const tar = spawn('tar', ['-C', folder, '-c', 'Dockerfile'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const query = new URLSearchParams({ t: name, buildargs: JSON.stringify(build.args) });
    await mustSend(socketPath, { method: 'POST', path: `/build?${query}`, body: tar.stdout });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await push(socketPath, registry, name);
}

async function push(socketPath: string, registry: Registry, name: string): Promise<void> {
  const colon = name.lastIndexOf(':');
  const [repository, tag] = [name.slice(0, colon), name.slice(colon + 1)];
  await mustSend(socketPath, {
    method: 'POST',
    path: `/images/${repository}/push?tag=${tag}`,
    headers: registryAuth(registry),
  });
  await callEngine(socketPath, 'DELETE', `/images/${name}`);
}
