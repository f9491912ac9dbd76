import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { IN_ROOT_SCRIPT } from '../files.ts';
import { type Subnet, SYSTEM_ENV } from './host.ts';

const CONTAINERD_MS = 15_000;

/** The programs that an engine is started from. */
export interface Programs {
  /** The root folder of another Debian, whose programs are used instead of the machine's. */
  readonly root?: string | undefined;
  /** Whether images are kept in containerd's store (Docker 25 and later). */
  readonly containerdStore?: boolean | undefined;
  /** The proxy through which it pulls: `http://127.0.0.1:3128`. */
  readonly proxy?: string | undefined;
}

/**
 * The command line that starts a program of another Debian in its own mount namespace. The folder for temporary files
 * is shared.
 */
export function inRoot(root: string, words: readonly string[]): [string, ...string[]] {
  return ['unshare', '--mount', '--propagation', 'slave', 'sh', IN_ROOT_SCRIPT, root, tmpdir(), ...words];
}

/** Builds the command line that starts a program. */
type Launch = (command: string, args: readonly string[]) => readonly [string, ...string[]];

/**
 * Starts containerd, and returns a function that starts dockerd, which can be called again after dockerd has ended. The
 * containerd is private: by default, dockerd would join the system's and share the namespace of its containers.
 */
export async function startDaemons(
  dir: string,
  subnet: Subnet,
  { root, containerdStore, proxy }: Programs,
  extra: readonly string[],
): Promise<() => ChildProcess> {
  const at = (file: string) => join(dir, file);
  writeFileSync(
    at('containerd.toml'),
    `version = 2\nroot = "${at('containerd/root')}"\nstate = "${at('containerd/state')}"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\n  address = "${at('containerd.sock')}"\n`,
  );
  // A config file of its own, so that the machine's daemon.json does not apply.
  const features = containerdStore ? { features: { 'containerd-snapshotter': true } } : {};
  writeFileSync(at('daemon.json'), JSON.stringify({ ...identity(dir, root), ...features }));
  const first: Launch = (command, args) => (root === undefined ? [command, ...args] : inRoot(root, [command, ...args]));
  const containerd = daemon(at('containerd.log'), first('containerd', ['--config', at('containerd.toml')]));
  // Its mounts are visible only in its mount namespace, which dockerd enters once its root is the other Debian.
  if (root !== undefined) await appears(at('containerd.sock'), containerd);
  const then: Launch = (command, args) =>
    root === undefined ? [command, ...args] : ['nsenter', '--mount', '--target', `${containerd.pid}`, command, ...args];
  const flags = {
    host: `unix://${at('engine.sock')}`,
    'config-file': at('daemon.json'),
    'data-root': at('data'),
    'exec-root': at('exec'),
    pidfile: at('pid'),
    containerd: at('containerd.sock'),
    bridge: subnet.bridge,
    'default-address-pool': subnet.pool,
  };
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
  const env = proxy === undefined ? {} : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: '' };
  return () => daemon(at('dockerd.log'), then('dockerd', [...args, ...extra]), env);
}

async function appears(socket: string, containerd: ChildProcess): Promise<void> {
  const until = performance.now() + CONTAINERD_MS;
  while (!existsSync(socket)) {
    if (containerd.exitCode !== null || performance.now() > until) throw new Error('containerd did not start');
    await sleep(20);
  }
}

// Gives the engine an ID of its own, by options for daemon.json. Otherwise all engines of a machine would have the same
// one: before version 24 it is derived from a key in /etc, which a newer engine also takes over.
function identity(dir: string, root: string | undefined): object {
  const script = root === undefined ? 'dockerd --version' : `chroot "$0" dockerd --version`;
  const version = execFileSync('sh', ['-c', script, root ?? 'sh'], { encoding: 'utf8', env: SYSTEM_ENV });
  if (Number(/version (\d+)/u.exec(version)?.[1]) < 24) return { 'deprecated-key-path': join(dir, 'key.json') };
  mkdirSync(join(dir, 'data'), { recursive: true, mode: 0o710 });
  if (!existsSync(join(dir, 'data/engine-id'))) writeFileSync(join(dir, 'data/engine-id'), randomUUID());
  return {};
}

// In another process group: Ctrl-C must not reach the daemon before the clean-up does.
function daemon(log: string, [command, ...args]: readonly [string, ...string[]], more: object = {}): ChildProcess {
  const file = openSync(log, 'a');
  const child = spawn(command, args, {
    stdio: ['ignore', file, file],
    detached: true,
    env: { ...SYSTEM_ENV, ...more },
  });
  closeSync(file);
  child.on('error', () => undefined);
  child.unref();
  return child;
}
