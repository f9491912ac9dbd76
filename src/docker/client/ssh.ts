import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import { messageOf } from '../../domain/errors.ts';
import { lookupHost } from '../../paced/lookup.ts';
import type { EngineAddress } from './address.ts';
import { EngineError } from './engine-error.ts';
import { cleanText } from './faults.ts';
import { algorithmsFor, fingerprint, pinnedKeys } from './known-hosts.ts';
import type { Transport } from './link.ts';

type SshAddress = Extract<EngineAddress, { kind: 'ssh' }>;

const READY_MS = 10_000;
const KEEPALIVE_MS = 15_000;
/** Time after which a connection without channels is closed: hundreds of hosts would be hundreds of connections for ever. */
const IDLE_MS = 5 * 60_000;

interface Connection {
  readonly client: Promise<Client>;
  /** By `performance.now()`. */
  readonly openedAt: number;
  channels: number;
}

/**
 * Keeps one SSH connection while it is used; each connection to the engine is a channel in it. The client library gets a
 * socket in a private folder, since an agent of its own would cost milliseconds per request.
 */
export function openTunnel(address: SshAddress): Transport {
  let current: Connection | undefined;
  /** Closed here, because nobody used them or another took their place: nothing was lost. */
  const closed = new WeakSet<Connection>();
  let entrance: Promise<LocalSocket> | undefined;
  let lost: { readonly at: number; readonly error: EngineError } | undefined;
  let isClosed = false;
  let idle: NodeJS.Timeout | undefined;
  const lose = (fault: 'ssh' | 'unreachable', words: string) => {
    lost = { at: performance.now(), error: new EngineError(fault, cleanText(words)) };
  };

  const connection = (): Connection => {
    if (current) return current;
    const client = connect(address, () => {
      if (closed.has(opened)) return;
      if (current === opened) current = undefined;
      lose('unreachable', `The SSH connection to ${address.host} was lost.`);
    });
    const opened: Connection = { client, openedAt: performance.now(), channels: 0 };
    current = opened;
    client.catch(() => {
      if (current === opened) current = undefined;
    });
    return opened;
  };

  const close = (one: Connection) => {
    closed.add(one);
    if (current === one) current = undefined;
    one.client.then((open) => open.end()).catch(() => {});
  };
  /** Counts the channels of a connection. Without any, one is closed after its time of rest, and one that was replaced at once. */
  const use = (one: Connection, opened: number) => {
    one.channels += opened;
    if (current === one) clearTimeout(idle);
    if (one.channels > 0 || isClosed) return;
    if (current !== one) close(one);
    else idle = setTimeout(() => close(one), IDLE_MS).unref();
  };

  const bridge = async (local: Socket) => {
    const through = connection();
    use(through, 1);
    local.on('close', () => use(through, -1));
    try {
      const ssh = await through.client;
      ssh.openssh_forwardOutStreamLocal(address.socketPath, (error, channel) => {
        if (error) {
          lose('unreachable', `${address.socketPath} on ${address.host} cannot be opened over SSH: ${error.message}`);
          return void local.destroy();
        }
        channel.on('error', () => local.destroy()).on('close', () => local.destroy());
        local.on('close', () => channel.destroy());
        if (local.destroyed) channel.destroy();
        local.pipe(channel).pipe(local);
      });
    } catch {
      local.destroy();
    }
  };

  return {
    async target() {
      if (isClosed) throw new EngineError('aborted', 'Stopped.');
      const next = connection();
      use(next, 0);
      entrance ??= listenLocally(bridge);
      const [{ socketPath }] = await Promise.all([entrance, next.client]);
      return { socketPath };
    },
    doubt(since) {
      // Its packets may be lost although the host can be reached, and it takes its keepalive a minute to find out. What is open in
      // it stays: an engine that is only slow answers yet.
      if (!current || current.openedAt > since) return;
      const doubted = current;
      current = undefined;
      clearTimeout(idle);
      use(doubted, 0);
    },
    lastFailure: (since) => (lost && lost.at >= since ? lost.error : undefined),
    close() {
      isClosed = true;
      clearTimeout(idle);
      current?.client.then((open) => open.end()).catch(() => {});
      entrance?.then((open) => open.close()).catch(() => {});
    },
  };
}

interface LocalSocket {
  readonly socketPath: string;
  close(): Promise<void>;
}

async function listenLocally(onSocket: (local: Socket) => Promise<void>): Promise<LocalSocket> {
  // mkdtemp creates the folder for this user only, so the socket in it needs no further protection.
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-ssh-'));
  const socketPath = join(folder, 'engine.sock');
  const sockets = new Set<Socket>();
  const server: Server = createServer((local) => {
    sockets.add(local);
    local.on('error', () => local.destroy()).on('close', () => sockets.delete(local));
    void onSocket(local);
  });
  const listening = Promise.withResolvers<void>();
  server.on('error', listening.reject).listen(socketPath, listening.resolve);
  await listening.promise;
  // The tunnel must not keep a finished command from exiting.
  server.unref();
  return {
    socketPath,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connect(address: SshAddress, onLost: () => void): Promise<Client> {
  const { host, port, user, knownHosts, identity } = address;
  const pinned = pinnedKeys((await read(knownHosts)).toString('utf8'), host, port);
  if (pinned.keys.length === 0)
    throw new EngineError('ssh', `Unknown host: ${knownHosts} has no key for ${host} port ${port}.`);
  const login = identity === undefined ? { agent: agentSocket() } : { privateKey: await read(identity) };
  const ready = Promise.withResolvers<Client>();
  // Loaded only when a host uses SSH.
  const { Client: SshClient } = await import('ssh2');
  const client = new SshClient();
  let refused: string | undefined;
  const verify = (key: Buffer): boolean => {
    const isRevoked = pinned.revoked.some((pin) => pin.equals(key));
    if (!isRevoked && pinned.keys.some((pin) => pin.key.equals(key))) return true;
    refused = `${isRevoked ? 'Revoked' : 'Changed'} host key: ${host} has ${fingerprint(key)}, not the key in ${knownHosts}.`;
    return false;
  };
  client.on('ready', () => ready.resolve(client));
  client.on('error', (error) => ready.reject(toSshError(address, error, refused)));
  client.on('close', () => {
    ready.reject(new EngineError('unreachable', `${host} closed the SSH connection.`));
    onLost();
  });
  try {
    client.connect({
      sock: connectTcp({ host, port, lookup: lookupHost }),
      username: user,
      readyTimeout: READY_MS,
      keepaliveInterval: KEEPALIVE_MS,
      hostVerifier: verify,
      algorithms: { serverHostKey: algorithmsFor(pinned.keys) as ServerHostKeyAlgorithm[] },
      ...login,
    });
  } catch (error) {
    // ssh2 throws for a key that cannot be used.
    ready.reject(new EngineError('ssh', cleanText(messageOf(error))));
  }
  return ready.promise;
}

function toSshError(
  { host, user }: SshAddress,
  error: Error & { level?: string; code?: string },
  refused: string | undefined,
): EngineError {
  const words = cleanText(error.message || error.code || 'SSH failed');
  if (refused !== undefined) return new EngineError('ssh', refused);
  if (error.level === 'client-authentication')
    return new EngineError('ssh', `Login as ${user}@${host} failed: ${words}`);
  if (error.level === 'client-timeout')
    return new EngineError('timeout', `The SSH login to ${host} timed out after ${READY_MS / 1000} s.`);
  const fault = error.level === 'client-socket' ? 'unreachable' : 'ssh';
  return new EngineError(fault, `${host}: ${words}`, undefined, { cause: error });
}

function agentSocket(): string {
  const path = process.env['SSH_AUTH_SOCK'];
  if (path) return path;
  throw new EngineError('ssh', 'No identity file is configured, and there is no SSH agent (SSH_AUTH_SOCK is not set).');
}

function read(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new EngineError('ssh', `${path} cannot be read: ${messageOf(error)}`);
  });
}
