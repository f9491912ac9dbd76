import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';

/**
 * An environment with the system folders on the PATH, where an engine's programs are: after `su`, root's PATH lacks
 * them.
 */
export const SYSTEM_ENV = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` };

/**
 * A lock held while an engine starts: engines that start at the same time conflict in the host's firewall, across
 * processes too.
 */
export const FIREWALL_LOCK = '/run/fairlead-engine.lock';

/** A free range of 10/8: one /24 for the engine's own bridge, and the next for the networks created on it. */
export interface Subnet {
  readonly bridge: string;
  readonly gateway: string;
  readonly pool: string;
  /** The prefixes of all its addresses, as text. */
  readonly starts: readonly string[];
}

export function freeSubnet(): Subnet {
  const taken = execFileSync('ip', ['-o', '-4', 'addr'], { encoding: 'utf8', env: SYSTEM_ENV });
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const random = randomBytes(6);
    const second = 200 + (random.readUInt8(0) % 50);
    const third = random.readUInt8(1) & 0xfe;
    const starts = [`10.${second}.${third}.`, `10.${second}.${third + 1}.`];
    if (starts.some((start) => taken.includes(` ${start}`))) continue;
    return {
      bridge: `fl${random.toString('hex')}`,
      gateway: `${starts[0]}1/24`,
      pool: `base=${starts[1]}0/24,size=28`,
      starts,
    };
  }
  throw new Error('There is no free subnet for a bridge.');
}

export function makeBridge(subnet: Subnet): void {
  for (const args of [
    ['link', 'add', subnet.bridge, 'type', 'bridge'],
    ['addr', 'add', subnet.gateway, 'dev', subnet.bridge],
    ['link', 'set', subnet.bridge, 'up'],
  ])
    execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'], env: SYSTEM_ENV });
}

/** Runs `work` while holding the lock, which the kernel releases if this process dies. */
export async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const script = 'exec flock -w 90 "$0" sh -c "echo; cat >/dev/null"';
  const holder = spawn('sh', ['-c', script, FIREWALL_LOCK], { stdio: ['pipe', 'pipe', 'ignore'] });
  const [reason] = await Promise.race([once(holder.stdout, 'data').then(() => []), once(holder, 'exit')]);
  if (reason !== undefined) throw new Error(`Another engine has been starting for 90 s (${FIREWALL_LOCK}).`);
  try {
    return await work();
  } finally {
    holder.stdin.end();
  }
}

/**
 * Starts a child that notices the end of this process by its standard input. In another process group, out of reach of
 * Ctrl-C.
 */
export function spawnWatcher(command: string, args: readonly string[]): { close(): Promise<void> } {
  const child: ChildProcess = spawn(command, args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: SYSTEM_ENV,
  });
  const ended = once(child, 'exit');
  ended.catch(() => undefined);
  child.unref();
  // A pipe is a socket in Node; unreferenced, it does not keep this process running.
  if (child.stdin && 'unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  return {
    async close() {
      child.ref();
      child.stdin?.end();
      await ended;
    },
  };
}
