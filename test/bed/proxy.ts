import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Stands in front of a real engine's socket and changes nothing, until a test cuts what runs through it. */
export interface EngineProxy extends AsyncDisposable {
  readonly socketPath: string;
  /** Addresses of the log streams opened so far. */
  readonly logs: readonly string[];
  /** Addresses of the other reads so far. */
  readonly reads: readonly string[];
  /** Ends every open log stream: rudely, or as a proxy does that finishes the answer in the engine's place. */
  cut(how: 'broken' | 'finished'): void;
  /** While true, nobody gets a connection. */
  refuse: boolean;
}

export async function engineProxy(target: string): Promise<EngineProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-proxy-'));
  const socketPath = join(folder, 'engine.sock');
  const open = new Set<Socket>();
  const streaming = new Set<Socket>();
  const logs: string[] = [];
  const reads: string[] = [];
  const server = createServer((client) => {
    client.on('error', () => {});
    if (proxy.refuse) return void client.destroy();
    const engine = connect(target);
    engine.on('error', () => client.destroy());
    open.add(client);
    client.on('close', () => {
      open.delete(client);
      streaming.delete(client);
      engine.destroy();
    });
    client.on('data', (bytes) => {
      const address = /^GET (\S+) /u.exec(bytes.toString('latin1'))?.[1];
      if (address === undefined) return;
      if (!/\/logs\?/u.test(address)) return void reads.push(address);
      logs.push(address);
      streaming.add(client);
    });
    client.pipe(engine);
    engine.pipe(client);
  });
  const proxy: EngineProxy = {
    socketPath,
    logs,
    reads,
    refuse: false,
    cut(how) {
      for (const client of streaming) {
        if (how === 'broken') client.destroy();
        else client.end('0\r\n\r\n');
      }
      streaming.clear();
    },
    async [Symbol.asyncDispose]() {
      for (const client of open) client.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return proxy;
}
