import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../src/domain/errors.ts';
import { SWEEP_SCRIPT } from '../own-files.ts';
import { sendToEngine } from './api.ts';
import { type Programs, startDaemons } from './daemons.ts';
import { exclusively, FIREWALL_LOCK, freeSubnet, makeBridge, spawnWatcher } from './host.ts';

/** A Docker engine of our own: its own socket, data, bridge and subnet. Touches no engine that is already there. */
export interface PrivateEngine {
  readonly socketPath: string;
  readonly url: string;
  readonly dir: string;
  /** Starts it again after its process ended; resolves when it answers. */
  again(): Promise<void>;
  /** Stops it and removes everything it made. Safe to call twice; happens by itself when this process ends. */
  stop(): Promise<void>;
}

const READY_MS = 30_000;
const TRIES = 4;

/** What to do without when the host cannot do it, by what the daemon says about it. */
const WITHOUT: readonly (readonly [RegExp, readonly string[]])[] = [
  [/iptables|firewall/iu, ['--iptables=false', '--ip-masq=false']],
  [/overlay|storage.driver|graphdriver/iu, ['--storage-driver=vfs']],
];

export interface PrivateEngineOptions extends Programs {
  readonly name?: string;
  /** A folder that outlives it: what is on the engine is there again the next time. Removed with it when left out. */
  readonly keptIn?: string;
}

/** Starts one. Two at once wait for each other, also across processes. */
export async function startEngine(options: PrivateEngineOptions = {}): Promise<PrivateEngine> {
  let extra: readonly string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await exclusively(() => startOnce(options, extra));
    } catch (error) {
      const known = WITHOUT.find(([sign, [flag]]) => sign.test(messageOf(error)) && !extra.includes(`${flag}`));
      if (!known) throw error;
      // An engine that is not ours knows nothing of our lock, so the firewall may just have been busy.
      if (attempt < TRIES) await sleep(200 * attempt + Math.random() * 300);
      else extra = [...extra, ...known[1]];
    }
  }
}

async function startOnce(
  { name, keptIn, ...programs }: PrivateEngineOptions,
  extra: readonly string[],
): Promise<PrivateEngine> {
  // As the kernel names it in its list of mounts.
  const dir = realpathSync(
    keptIn ?? mkdtempSync(join(tmpdir(), name === undefined ? 'fairlead-engine-' : `fairlead-engine-${name}-`)),
  );
  if (keptIn !== undefined) keepIn(keptIn);
  const subnet = freeSubnet();
  // Before there is anything to remove, so that there is no moment at which we could die and leave something.
  const sweeper = spawnWatcher('sh', [SWEEP_SCRIPT, dir, subnet.bridge, FIREWALL_LOCK, ...subnet.starts]);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= sweeper.close();
    return stopping;
  };
  const socketPath = join(dir, 'engine.sock');
  try {
    makeBridge(subnet);
    const start = await startDaemons(dir, subnet, programs, extra);
    await ready(socketPath, start(), dir);
    const again = async () => {
      rmSync(socketPath, { force: true });
      await ready(socketPath, start(), dir);
    };
    return { socketPath, url: `unix://${socketPath}`, dir, again, stop };
  } catch (error) {
    const tail = lastLines(join(dir, 'dockerd.log'), 12);
    // The lock is ours here and the sweeper wants it; it waits for a while and we do not wait for it.
    stop().catch(() => undefined);
    throw new Error(`The private engine did not start: ${messageOf(error)}\n${tail}`);
  }
}

// The sweeper leaves a folder with this mark; what one left of its sockets, the next would take for its own.
function keepIn(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o711 });
  writeFileSync(join(dir, 'keep'), '');
  for (const name of ['engine.sock', 'pid']) rmSync(join(dir, name), { force: true });
}

async function ready(socketPath: string, dockerd: ChildProcess, dir: string): Promise<void> {
  const given = new AbortController();
  const deadline = setTimeout(() => given.abort(new Error(`no answer within ${READY_MS / 1000} s`)), READY_MS);
  dockerd.once('exit', (code, signal) => given.abort(new Error(`dockerd ended with ${code ?? signal}`)));
  dockerd.once('error', (error) => given.abort(error));
  const { signal } = given;
  const watcher = watch(dir);
  try {
    while (!existsSync(socketPath)) await once(watcher, 'change', { signal });
    // The socket is there a moment before the engine answers; the first request simply waits for it.
    const ping = () => sendToEngine(socketPath, { method: 'GET', path: '/_ping', signal }).catch(() => undefined);
    while ((await ping())?.status !== 200) await sleep(10, undefined, { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(deadline);
    watcher.close();
  }
}

function lastLines(file: string, count: number): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n') : '';
}
