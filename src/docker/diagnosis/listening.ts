import type { Engine } from '../client/engine.ts';
import type { ListeningPort } from './facts.ts';

const MAX_BYTES = 256 * 1024;
const MAX_PORTS = 200;
/** State of a socket that listens, in the kernel's tables. */
const LISTEN = '0A';

/**
 * The TCP ports that something in a container listens on, from the kernel's own tables: `cat /proc/net/tcp` in the
 * container. Undefined where the image has no `cat`. Rejects with an `EngineError`.
 */
export async function listeningPorts(
  engine: Pick<Engine, 'createExec' | 'startExec'>,
  id: string,
  signal: AbortSignal,
): Promise<readonly ListeningPort[] | undefined> {
  const exec = await engine.createExec(id, { argv: ['cat', '/proc/net/tcp', '/proc/net/tcp6'] }, { signal });
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const { bytes: part } of engine.startExec(exec, { signal })) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MAX_BYTES) break;
  }
  const text = Buffer.concat(parts).toString('latin1');
  if (!text.includes('local_address')) return undefined;
  return text.split('\n').flatMap(listeningPort).slice(0, MAX_PORTS);
}

/** `  0: 0100007F:1F90 00000000:0000 0A …` */
function listeningPort(line: string): ListeningPort[] {
  const [, address = '', port = '', state] =
    /^\s{0,8}\d{1,8}: ([0-9A-F]{8,32}):([0-9A-F]{4}) [0-9A-F:]{13,40} ([0-9A-F]{2})\s/u.exec(line) ?? [];
  return state === LISTEN ? [{ port: Number.parseInt(port, 16), isLoopback: isLoopback(address) }] : [];
}

// Words of four bytes, each with its last byte first: 127.0.0.1, ::1 and ::ffff:127.0.0.1.
const isLoopback = (address: string) =>
  /^[0-9A-F]{6}7F$/u.test(address) || /^0{24}01000000$/u.test(address) || /^0{16}FFFF0000[0-9A-F]{6}7F$/u.test(address);
