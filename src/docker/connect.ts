import { readFileSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import { type Connect, createEngine } from './dockerode.ts';
import { type Engine, type EngineAddress, EngineError } from './engine.ts';
import { openTunnel } from './ssh.ts';

/** An engine by its address; nothing is opened before the first call. */
export function connectEngine(address: EngineAddress): Engine {
  return createEngine(wayTo(address));
}

function wayTo(address: EngineAddress): Connect {
  if (address.kind === 'ssh') return () => openTunnel(address);
  const target =
    address.kind === 'unix'
      ? () => ({ socketPath: address.socketPath })
      : () => ({ host: address.host, port: address.port, ...(address.tls ? readTls(address.tls) : {}) });
  return async () => ({ target: target(), close() {} });
}

function readTls(files: { ca: string; cert: string; key: string }): { ca: Buffer; cert: Buffer; key: Buffer } {
  const read = (path: string) => {
    try {
      return readFileSync(path);
    } catch (error) {
      throw new EngineError('tls', `${path} cannot be read: ${messageOf(error)}`);
    }
  };
  return { ca: read(files.ca), cert: read(files.cert), key: read(files.key) };
}
