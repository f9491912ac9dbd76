import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { mustCall, mustSend } from '../../playground/engine/api.ts';
import { findEngine } from '../../playground/engine/find-engine.ts';
import { importBusybox } from '../../playground/engine/images.ts';
import { canInstall, missingPackages } from '../../playground/engine/packages.ts';
import { type LocalRegistry, registryAuth, startRegistry } from '../../playground/engine/registry.ts';
import { build } from './build.ts';
import { engineKind, installNewest, startTestEngine } from './engines.ts';
import { installTestPackages } from './packages.ts';

/** What tests get: two engines and a registry. */
export interface Bed {
  readonly engines: readonly { readonly url: string; readonly socketPath: string }[];
  /** The engines' sockets alone. */
  readonly sockets: readonly string[];
  readonly registry: { readonly host: string; readonly username: string; readonly password: string };
  /** Set when both engines are one, the machine's own: why there are none of our own. */
  readonly reason?: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    bed: Bed | undefined;
    /** The program of a browser. */
    browser: string | undefined;
  }
}

const NOT_HERE = 'no Docker engine of our own can be started here (that takes root on Debian or Ubuntu)';
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** What it takes from the host to use an engine that is already there. */
const BORROWING = { 'busybox-static': 'busybox', 'docker-registry': 'docker-registry' };
/** What is in the registry; each with its own content. */
const PUBLISHED = ['fairlead/shop:1.0.0', 'fairlead/shop:1.1.0', 'fairlead/shop:1.2.0-rc.1', 'fairlead/worker:2.0'];

/** Starts the test bed once for the whole run, and takes it away at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const built = build();
  // It is awaited below; until then its failure must not count as one nobody handles.
  built.catch(() => undefined);
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    await Promise.all(undo.splice(0).map((step) => step()));
  };
  try {
    const sockets = await engines(undo);
    provideBrowser(project);
    if (sockets === undefined) {
      await built;
      return without(project);
    }
    const registry = await startRegistry();
    undo.push(() => registry.stop());
    await Promise.all([...new Set(sockets)].map((socket) => importBusybox(socket, 'busybox:1.0')));
    await publish(sockets[0], registry);
    await built;
    const { host, username, password } = registry;
    project.provide('bed', {
      engines: sockets.map((socketPath) => ({ url: `unix://${socketPath}`, socketPath })),
      sockets,
      registry: { host, username, password },
      ...(sockets[0] === sockets[1] ? { reason: NOT_HERE } : {}),
    });
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Two of our own where that is possible; else the machine's own, twice. */
async function engines(undo: (() => Promise<unknown>)[]): Promise<[string, string] | undefined> {
  if (process.getuid?.() === 0 && (canInstall() || missingPackages().length === 0)) {
    await installTestPackages();
    if (engineKind() !== 'machine') await installNewest();
    const sockets: string[] = [];
    for (const name of ['one', 'two']) {
      const engine = await startTestEngine({ name });
      undo.push(() => engine.stop());
      sockets.push(engine.socketPath);
    }
    return sockets as [string, string];
  }
  const found = await findEngine();
  if (found === undefined || missingPackages(BORROWING).length > 0) return undefined;
  return [found, found];
}

function provideBrowser(project: TestProject): void {
  const browser = BROWSERS.find(existsSync);
  project.provide('browser', browser);
  if (browser !== undefined) return;
  const why = `there is no browser (${BROWSERS.join(', ')})`;
  if (process.env['CI'] === 'true') throw new Error(`With CI=true the tests must not be skipped, but ${why}.`);
  process.stderr.write(`\n!!! SKIPPED: every test of the playground's page, because ${why}.\n\n`);
}

function without(project: TestProject): () => Promise<void> {
  const why = `${NOT_HERE}, nor is there one that answers on a socket along with the packages busybox-static and docker-registry`;
  if (process.env['CI'] === 'true') throw new Error(`With CI=true the tests must not be skipped, but ${why}.`);
  process.stderr.write(`\n!!! SKIPPED: every test that needs an engine, because ${why}.\n\n`);
  project.provide('bed', undefined);
  return async () => undefined;
}

/** Pushes what is in the registry from `socket`, which keeps none of it. */
async function publish(socket: string, registry: LocalRegistry): Promise<void> {
  const one = async (image: string) => {
    const name = `${registry.host}/${image}`;
    const [repository, tag] = [name.slice(0, name.lastIndexOf(':')), name.slice(name.lastIndexOf(':') + 1)];
    await importBusybox(socket, name);
    await mustSend(socket, {
      method: 'POST',
      path: `/images/${repository}/push?tag=${tag}`,
      headers: registryAuth(registry),
    });
    await mustCall(socket, 'DELETE', `/images/${name}`);
  };
  await Promise.all(PUBLISHED.map(one));
}
