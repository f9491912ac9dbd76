import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { connectEngine } from '../../src/docker/client/connect.ts';
import type { Engine } from '../../src/docker/client/engine.ts';
import { bed, describeWithEngine } from '../bed/bed.ts';

interface Compose {
  readonly services: Record<string, { readonly command?: readonly string[]; readonly volumes?: readonly string[] }>;
}

const { services } = parse(readFileSync('compose.yml', 'utf8')) as Compose;
const allowed = (services['socket-proxy']?.command ?? []).flatMap((flag) => {
  const [, method, pattern] = /^-allow([A-Z]+)=(.*)$/u.exec(flag) ?? [];
  // As the proxy reads them: from beginning to end.
  return method === undefined ? [] : [{ method, flag, pattern: new RegExp(`^${pattern}$`, 'u') }];
});

const ID = 'a'.repeat(64);
const IMAGE = `sha256:${ID}`;
const nothing = {};

/** Each call of the engine's interface once. What it comes to does not matter: only whether the proxy lets it through. */
const CALLS: { readonly [Name in Exclude<keyof Engine, 'reach' | 'close'>]: (engine: Engine) => Promise<unknown> } = {
  version: (engine) => engine.version(),
  info: (engine) => engine.info(),
  diskFree: (engine) => engine.diskFree(),
  diskUsage: (engine) => engine.diskUsage(),
  listImages: (engine) => engine.listImages(nothing),
  inspectImage: (engine) => engine.inspectImage(IMAGE),
  pull: (engine) => engine.pull({ reference: `${bed().registry.host}/fairlead/none:1` }, () => {}),
  push: (engine) => engine.push({ reference: `${bed().registry.host}/fairlead/none:1` }, () => {}),
  removeImage: (engine) => engine.removeImage(`${bed().registry.host}/fairlead/none:1`),
  listContainers: (engine) => engine.listContainers({ all: true }),
  containerSizes: (engine) => engine.containerSizes(),
  inspectContainer: (engine) => engine.inspectContainer(ID),
  logs: async (engine) => {
    for await (const _ of engine.logs(ID, { tail: 1, timestamps: true, follow: true, tty: false })) return;
  },
  sampleStats: (engine) => engine.sampleStats([ID]),
  listProcesses: (engine) => engine.listProcesses(ID),
  listChanges: (engine) => engine.listChanges(ID),
  imageHistory: (engine) => engine.imageHistory(IMAGE),
  inspectWhole: (engine) => engine.inspectWhole('container', ID),
  listEvents: (engine) => engine.listEvents({ since: 0, until: 1000 }),
  exportImage: async (engine) => {
    for await (const _ of engine.exportImage(IMAGE)) return;
  },
  searchHub: (engine) => engine.searchHub({ term: 'nginx', limit: 1 }),
  statPath: (engine) => engine.statPath(ID, '/etc/hosts'),
  readArchive: (engine) => engine.readArchive(ID, { path: '/etc/hosts', mostBytes: 1000 }),
  removeContainer: (engine) => engine.removeContainer(ID),
  createExec: (engine) => engine.createExec(ID, { argv: ['true'] }),
  startExec: async (engine) => {
    for await (const _ of engine.startExec(ID)) return;
  },
  inspectExec: (engine) => engine.inspectExec(ID),
  listVolumes: (engine) => engine.listVolumes(nothing),
  removeVolume: (engine) => engine.removeVolume('shop_data.1-2'),
  listNetworks: (engine) => engine.listNetworks(nothing),
  removeNetwork: (engine) => engine.removeNetwork(ID),
  removeCache: (engine) => engine.removeCache('a1b2c3d4e5f6g7h8i9j0k1l2m'),
  inspectRaw: (engine) => engine.inspectRaw(ID),
  createContainer: (engine) => engine.createContainer({ name: 'never', body: { Image: IMAGE } }),
  containerEvents: (engine) =>
    engine.containerEvents(ID, { since: '2026-11-28T00:00:00Z', until: '2026-11-28T00:00:01.5Z' }),
  startContainer: (engine) => engine.startContainer(ID),
  stopContainer: (engine) => engine.stopContainer(ID, 1),
  restartContainer: (engine) => engine.restartContainer(ID, 1),
  killContainer: (engine) => engine.killContainer(ID, 'SIGKILL'),
  pauseContainer: (engine) => engine.pauseContainer(ID),
  unpauseContainer: (engine) => engine.unpauseContainer(ID),
  updateContainer: (engine) => engine.updateContainer(ID, { pids: 100 }),
  renameContainer: (engine) => engine.renameContainer(ID, 'never'),
  updateRestartPolicy: (engine) => engine.updateRestartPolicy(ID, { name: 'no', maximumRetryCount: 0 }),
  connectNetwork: (engine) => engine.connectNetwork(ID, ID, {}),
  disconnectNetwork: (engine) => engine.disconnectNetwork(ID, ID),
  imageConfig: (engine) => engine.imageConfig(`${bed().registry.host}/fairlead/shop@${IMAGE}`),
  tagImage: (engine) => engine.tagImage(IMAGE, { repository: `${bed().registry.host}/fairlead/kept`, tag: '1.0.0' }),
  inspectDistribution: (engine) => engine.inspectDistribution(`${bed().registry.host}/fairlead/none:1`, undefined),
  resolveDigest: (engine) => engine.resolveDigest(`${bed().registry.host}/fairlead/none:1`, undefined),
  checkAuth: (engine) => engine.checkAuth({ username: 'u', password: 'p', serverAddress: bed().registry.host }),
  listServices: (engine) => engine.listServices(nothing),
  updateService: (engine) => engine.updateService('a1b2c3d4e5f6g7h8i9j0k1l2m', { version: 1, spec: {} as never }),
  listTasks: (engine) => engine.listTasks(nothing),
};

describeWithEngine('compose.yml', () => {
  it('lets through every call the bot makes to an engine, and no other kind', async () => {
    await using proxy = await allowing(bed().sockets[0] ?? '');
    const engine = connectEngine({ kind: 'unix', socketPath: proxy.socketPath });
    const silent: string[] = [];
    for (const [name, call] of Object.entries(CALLS)) {
      const before = proxy.asked();
      await call(engine).catch(() => undefined);
      if (proxy.asked() === before) silent.push(name);
    }
    await engine.close();

    expect(silent, 'calls that never came to the engine').toEqual([]);
    expect(proxy.refused).toEqual([]);
    expect(allowed.map(({ flag }) => flag).filter((flag) => !proxy.used.has(flag))).toEqual([]);
    expect(allowed.length).toBeGreaterThan(10);
  });

  it('gives the engine’s socket to the proxy alone', () => {
    const mounted = Object.entries(services).filter(([, { volumes = [] }]) => volumes.join().includes('docker.sock'));

    expect(mounted.map(([name]) => name)).toEqual(['socket-proxy']);
  });
});

interface Proxy extends AsyncDisposable {
  readonly socketPath: string;
  readonly refused: readonly string[];
  asked(): number;
  readonly used: ReadonlySet<string>;
}

/** Stands before a real engine and lets through what compose.yml allows. */
async function allowing(target: string): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-allow-'));
  const socketPath = join(folder, 'engine.sock');
  const refused: string[] = [];
  const used = new Set<string>();
  let asked = 0;
  const server = createServer((incoming, outgoing) => {
    asked += 1;
    const { method = '', url = '', headers } = incoming;
    const path = decodeURIComponent(url.replace(/\?.*/su, ''));
    const rule = allowed.find((one) => one.method === method && one.pattern.test(path));
    if (!rule) {
      refused.push(`${method} ${path}`);
      return void outgoing.writeHead(403).end('{"message":"not allowed"}');
    }
    used.add(rule.flag);
    const inner = request({ socketPath: target, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    inner.on('error', () => outgoing.destroy());
    incoming.pipe(inner);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    refused,
    used,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
