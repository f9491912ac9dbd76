import { readFile, statfs } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { messageOf } from '../../domain/errors.ts';
import { lookupHost } from '../../paced/lookup.ts';
import type { EngineAddress, TlsFiles } from './address.ts';
import type { Target } from './dial.ts';
import { createEngine, type Deadlines } from './dockerode.ts';
import type { Engine } from './engine.ts';
import { EngineError } from './engine-error.ts';
import type { Transport } from './link.ts';
import { ownContainerIds } from './own-container.ts';
import { openTunnel } from './ssh.ts';

/** Connects to an engine. Nothing is opened or read before the first call. */
export function connectEngine(
  address: EngineAddress,
  deadlines: Partial<Deadlines> = {},
  self: readonly string[] = ownContainerIds(),
): Engine {
  const engine = createEngine(transportTo(address), deadlines);
  const isLocal = address.kind === 'unix';
  return {
    ...engine,
    reach: {
      host: isLocal ? '127.0.0.1' : address.host,
      isLocal,
      port: address.kind === 'tcp' ? address.port : undefined,
      self,
    },
    async diskFree(options) {
      if (!isLocal) return undefined;
      const { dataRoot } = await engine.info(options);
      // From inside a container the folder of the engine cannot be seen.
      const room = await statfs(dataRoot).catch(() => undefined);
      return room && room.bavail * room.bsize;
    },
  };
}

/** As Node's own agents do; `timeout` closes a connection that is not used, in milliseconds. */
const KEPT_ALIVE = { keepAlive: true, scheduling: 'lifo', timeout: 5000 } as const;

function transportTo(address: EngineAddress): Transport {
  if (address.kind === 'ssh') return openTunnel(address);
  if (address.kind === 'unix') return { target: async () => ({ socketPath: address.socketPath }), close() {} };
  const { host, port, tls } = address;
  const connections = { ...KEPT_ALIVE, lookup: lookupHost };
  const agent = tls ? new https.Agent(connections) : new http.Agent(connections);
  let target: Promise<Target> | undefined;
  return {
    target() {
      target ??= tls
        ? readTls(tls).then((files) => ({ host, port, agent, ...files }))
        : Promise.resolve({ host, port, agent });
      // Read again at the next call: a missing file may be there by then.
      target.catch(() => {
        target = undefined;
      });
      return target;
    },
    close() {},
  };
}

async function readTls(files: TlsFiles): Promise<{ ca: Buffer; cert: Buffer; key: Buffer }> {
  const read = (path: string) =>
    readFile(path).catch((error: unknown) => {
      throw new EngineError('tls', `${path} cannot be read: ${messageOf(error)}`);
    });
  const [ca, cert, key] = await Promise.all([read(files.ca), read(files.cert), read(files.key)]);
  return { ca, cert, key };
}
