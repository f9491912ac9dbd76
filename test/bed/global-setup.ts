import { execFileSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { mustCall } from '../../playground/engine/api.ts';
import { makeImage } from '../../playground/engine/images.ts';
import { canInstall, ENGINE_PACKAGES, installPackages, missingPackages } from '../../playground/engine/packages.ts';
import { type PrivateEngine, startEngine } from '../../playground/engine/private-engine.ts';
import { type LocalRegistry, startRegistry } from '../../playground/engine/registry.ts';

/** What tests get: two engines and a registry, or why there are none. */
export interface Bed {
  readonly sockets: readonly string[];
  readonly registry: { readonly host: string; readonly username: string; readonly password: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    bed: Bed | undefined;
  }
}

/** Starts the test bed once for the whole run, and takes it away at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The end-to-end tests run the bot as it is shipped.
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    stdio: 'inherit',
  });
  if (!canInstall() && missingPackages().length > 0) return without(project);
  await installPackages(missingPackages(TEST_PACKAGES));
  const started: (PrivateEngine | LocalRegistry)[] = [];
  const stop = async () => {
    await Promise.all(started.map((part) => part.stop()));
  };
  try {
    const first = await startEngine();
    started.push(first);
    const second = await startEngine();
    started.push(second);
    const registry = await startRegistry();
    started.push(registry);
    const sockets = [first.socketPath, second.socketPath];
    for (const socket of sockets) await makeImage(socket, 'busybox:1.0');
    await fill(first.socketPath, registry);
    project.provide('bed', {
      sockets,
      registry: { host: registry.host, username: registry.username, password: registry.password },
    });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For engines over SSH and TLS besides. */
const TEST_PACKAGES = { ...ENGINE_PACKAGES, 'openssh-server': 'sshd', openssl: 'openssl' };

function without(project: TestProject): () => Promise<void> {
  const why = 'There is no Docker engine of our own to be had here (that takes root on Debian or Ubuntu)';
  if (process.env['CI'] === 'true') throw new Error(`${why}, and with CI=true that is a failure.`);
  process.stderr.write(`\n!!! ${why}: every test that needs one is skipped.\n\n`);
  project.provide('bed', undefined);
  return async () => {};
}

const TAGS = ['1.0.0', '1.1.0', '1.2.0-rc.1'];

async function fill(socket: string, registry: LocalRegistry): Promise<void> {
  const auth = Buffer.from(
    JSON.stringify({ username: registry.username, password: registry.password, serveraddress: registry.host }),
  ).toString('base64url');
  for (const tag of TAGS) {
    const name = `${registry.host}/fairlead/shop:${tag}`;
    await makeImage(socket, name);
    await mustCall(socket, 'POST', `/images/${registry.host}/fairlead/shop/push?tag=${tag}`, undefined, {
      'X-Registry-Auth': auth,
    });
    await mustCall(socket, 'DELETE', `/images/${name}`);
  }
}
