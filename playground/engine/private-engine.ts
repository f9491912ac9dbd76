import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../src/domain/errors.ts';
import { SWEEP_SCRIPT } from '../files.ts';
import { sendToEngine } from './api.ts';
import { type Programs, startDaemons } from './daemons.ts';
import { exclusively, FIREWALL_LOCK, freeSubnet, makeBridge, spawnWatcher } from './host.ts';

/** A private Docker engine, with its own socket, data, bridge and subnet. It affects no other engine. */
export interface PrivateEngine {
  readonly socketPath: string;
  readonly url: string;
  readonly dir: string;
  /** Starts dockerd again after it ended; resolves when it answers. */
  again(): Promise<void>;
  /**
   * Stops the engine and removes everything it made. Safe to call twice; happens automatically when this process ends.
   */
  stop(): Promise<void>;
}

const READY_MS = 30_000;
const TRIES = 4;

/** Options for hosts that lack a feature, by the daemon's error about it. */
const WITHOUT: readonly (readonly [RegExp, readonly string[]])[] = [
  [/iptables|firewall/iu, ['--iptables=false', '--ip-masq=false']],
  [/overlay|storage.driver|graphdriver/iu, ['--storage-driver=vfs']],
];

export interface PrivateEngineOptions extends Programs {
  readonly name?: string;
  /**
   * A folder that is kept, with everything on the engine, for the next start. By default a temporary folder that is
   * removed.
   */
  readonly keptIn?: string;
}

/** Starts a private engine. Engines that start at the same time wait for each other, across processes too. */
export async function startEngine(options: PrivateEngineOptions = {}): Promise<PrivateEngine> {
  let extra: readonly string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await exclusively(() => startOnce(options, extra));
    } catch (error) {
      const known = WITHOUT.find(([sign, [flag]]) => sign.test(messageOf(error)) && !extra.includes(`${flag}`));
      if (!known) throw error;
      // Other engines do not take the lock, so the firewall may just have been busy.
      if (attempt < TRIES) await sleep(200 * attempt + Math.random() * 300);
      else extra = [...extra, ...known[1]];
    }
  }
}

async function startOnce(
  { name, keptIn, ...programs }: PrivateEngineOptions,
  extra: readonly string[],
): Promise<PrivateEngine> {
  // The real path, as in the kernel's list of mounts.
  const dir = realpathSync(
    keptIn ?? mkdtempSync(join(tmpdir(), name === undefined ? 'fairlead-engine-' : `fairlead-engine-${name}-`)),
  );
  if (keptIn !== undefined) keepIn(keptIn);
  const subnet = freeSubnet();
  // Started before there is anything to remove, so that nothing is left whenever this process dies.
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
      for (let attempt = 1; ; attempt += 1) {
        rmSync(socketPath, { force: true });
        let dockerd: ChildProcess | undefined;
        try {
          return await exclusively(() => {
            dockerd = start();
            return ready(socketPath, dockerd, dir);
          });
        } catch (error) {
          // It ends where an engine that does not take the lock changes the firewall at the same moment.
          const hasEnded = dockerd !== undefined && (dockerd.exitCode ?? dockerd.signalCode) !== null;
          if (!hasEnded || attempt === TRIES)
            throw new Error(`${messageOf(error)}\n${lastLines(join(dir, 'dockerd.log'), 12)}`);
          await sleep(200 * attempt);
        }
      }
    };
    return { socketPath, url: `unix://${socketPath}`, dir, again, stop };
  } catch (error) {
    const tail = lastLines(join(dir, 'dockerd.log'), 12);
    // The clean-up waits for the lock that is held here, so it is not awaited.
    stop().catch(() => undefined);
    throw new Error(`The private engine did not start: ${messageOf(error)}\n${tail}`);
  }
}

// The clean-up leaves a folder with the file `keep`. Old sockets are removed, or the next engine would take them for
// its own.
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
    // The socket exists a moment before the engine answers; the first request waits.
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
