import { createHmac } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'ssh2';
import { messageOf } from '../errors.ts';
import { type EngineAddress, EngineError } from './engine.ts';

type SshAddress = Extract<EngineAddress, { kind: 'ssh' }>;
const READY_MS = 10_000;

/**
 * One SSH connection for as long as it lasts; each connection to the engine is a channel in it. The client library gets
 * a socket in a private folder, so it needs no agent of its own (which costs it milliseconds a request).
 */
export async function openTunnel(
  address: SshAddress,
): Promise<{ readonly target: { readonly socketPath: string }; close(): void }> {
  const client = await connect(address);
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-ssh-'));
  const socketPath = join(folder, 'engine.sock');
  const server = createServer((local) => {
    local.on('error', () => local.destroy());
    client.openssh_forwardOutStreamLocal(address.socketPath, (error, channel) => {
      if (error) return void local.destroy();
      channel.on('error', () => local.destroy());
      local.on('close', () => channel.close());
      local.pipe(channel).pipe(local);
    });
  });
  const close = () => {
    server.close();
    client.end();
    rmSync(folder, { recursive: true, force: true });
  };
  client.on('error', () => {}).on('close', close);
  await listen(server, socketPath);
  return { target: { socketPath }, close };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', reject).listen(path, () => {
      // The tunnel alone should not keep a finished command from ending.
      server.unref();
      resolve();
    });
  });
}

function connect(address: SshAddress): Promise<Client> {
  const pinned = pinnedKeys(address);
  const client = new Client();
  let refusedKey = false;
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client));
    client.on('error', (error: Error & { level?: string; code?: string }) => {
      if (refusedKey)
        return reject(
          new EngineError('ssh', `The host key of ${address.host} is not the one pinned in ${address.knownHosts}.`),
        );
      if (error.level === 'client-authentication')
        return reject(new EngineError('ssh', `${address.user}@${address.host} was not let in: ${error.message}`));
      reject(new EngineError(error.level === 'client-socket' || error.code ? 'unreachable' : 'ssh', error.message));
    });
    client.on('close', () => reject(new EngineError('unreachable', 'The SSH connection closed.')));
    client.connect({
      host: address.host,
      port: address.port,
      username: address.user,
      readyTimeout: READY_MS,
      keepaliveInterval: 15_000,
      hostVerifier: (key: Buffer) => {
        refusedKey = !pinned.some((pin) => pin.equals(key));
        return !refusedKey;
      },
      ...(address.identity === undefined
        ? { agent: process.env['SSH_AUTH_SOCK'] ?? '' }
        : { privateKey: readKey(address.identity) }),
    });
  });
}

function readKey(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new EngineError('ssh', `${path} cannot be read: ${messageOf(error)}`);
  }
}

/** The keys known_hosts pins for an address: plain names, `[host]:port`, and hashed names. */
function pinnedKeys(address: SshAddress): Buffer[] {
  const name = address.port === 22 ? address.host : `[${address.host}]:${address.port}`;
  const keys = readKey(address.knownHosts)
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/u))
    .filter(
      ([names, , key]) =>
        names !== undefined &&
        key !== undefined &&
        !names.startsWith('#') &&
        !names.startsWith('@') &&
        names.split(',').some((one) => sameHost(one, name)),
    )
    .map(([, , key]) => Buffer.from(key as string, 'base64'));
  if (keys.length === 0) throw new EngineError('ssh', `${address.knownHosts} has no key for ${name}.`);
  return keys;
}

function sameHost(entry: string, name: string): boolean {
  const [, , salt, hash] = entry.startsWith('|1|') ? entry.split('|') : [];
  if (salt === undefined || hash === undefined) return entry === name;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}
