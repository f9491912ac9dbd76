import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../../src/errors.ts';

/** A Docker engine of our own: its own socket, data, bridge and subnet. Touches no engine that is already there. */
export interface PrivateEngine {
  readonly socketPath: string;
  readonly url: string;
  /** Stops it and removes everything it made. Safe to call twice. */
  stop(): Promise<void>;
}

const READY_MS = 30_000;
const STOP_MS = 15_000;

const TRIES = 5;

/** Starts one. Another engine that starts at that moment trips it over the host's firewall rules, so it is tried again. */
export async function startEngine(): Promise<PrivateEngine> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce();
    } catch (error) {
      if (attempt === TRIES || !/iptables/iu.test(messageOf(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200 * attempt + Math.random() * 500));
    }
  }
}

async function startOnce(): Promise<PrivateEngine> {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-engine-'));
  const bridge = makeBridge();
  const socketPath = join(dir, 'engine.sock');
  const log = join(dir, 'dockerd.log');
  const args = [
    '--host',
    `unix://${socketPath}`,
    '--data-root',
    join(dir, 'data'),
    '--exec-root',
    join(dir, 'exec'),
    '--pidfile',
    join(dir, 'pid'),
    '--bridge',
    bridge,
  ];
  // A process group of its own: Ctrl-C in the terminal must not reach it before its clean-up does.
  const daemon = spawn('sh', ['-c', 'exec dockerd "$@" >"$0" 2>&1', log, ...args], { stdio: 'ignore', detached: true });
  const sweeper = startSweeper(daemon.pid ?? 0, dir, bridge);
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopAll(daemon, sweeper, dir, bridge);
    return stopping;
  };
  try {
    await ready(socketPath, daemon, dir);
  } catch (error) {
    const tail = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-8).join('\n') : '';
    await stop();
    throw new Error(`The private engine did not start: ${messageOf(error)}\n${tail}`);
  }
  return { socketPath, url: `unix://${socketPath}`, stop };
}

function makeBridge(): string {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const number = Math.floor(Math.random() * 60_000);
    const name = `fl${number.toString(36)}${process.pid.toString(36)}`.slice(0, 15);
    const subnet = `10.${200 + (number % 50)}.${Math.floor(number / 50) % 250}`;
    if (execFileSync('ip', ['-o', 'addr'], { encoding: 'utf8' }).includes(`${subnet}.`)) continue;
    execFileSync('ip', ['link', 'add', name, 'type', 'bridge']);
    execFileSync('ip', ['addr', 'add', `${subnet}.1/24`, 'dev', name]);
    execFileSync('ip', ['link', 'set', name, 'up']);
    return name;
  }
  throw new Error('There is no free subnet for a bridge.');
}

// Waits for our death by whatever cause, SIGKILL too, then takes the engine and all it made away.
function startSweeper(daemon: number, dir: string, bridge: string): ChildProcess {
  const script = `while kill -0 "$1" 2>/dev/null; do sleep 0.3; done
kill -TERM "$2" 2>/dev/null; n=0; while kill -0 "$2" 2>/dev/null && [ $n -lt 40 ]; do sleep 0.25; n=$((n+1)); done
kill -KILL "$2" 2>/dev/null; pkill -KILL -f "$3" 2>/dev/null
grep -o " $3[^ ]*" /proc/mounts | sort -r | xargs -r umount -l 2>/dev/null
ip link del "$4" 2>/dev/null; rm -rf "$3"`;
  const child = spawn('sh', ['-c', script, 'fairlead-sweeper', String(process.pid), String(daemon), dir, bridge], {
    stdio: 'ignore',
    detached: true,
  });
  child.unref();
  return child;
}

async function ready(socketPath: string, daemon: ChildProcess, dir: string): Promise<void> {
  const exited = new Promise<never>((_, reject) => {
    daemon.once('exit', (code) => reject(new Error(`dockerd ended with ${code}`)));
    daemon.once('error', reject);
  });
  const appeared = new Promise<void>((resolve) => {
    const watcher = watch(dir, () => {
      if (!existsSync(socketPath)) return;
      watcher.close();
      resolve();
    });
    if (existsSync(socketPath)) {
      watcher.close();
      resolve();
    }
  });
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error(`no answer within ${READY_MS / 1000} s`)), READY_MS).unref(),
  );
  await Promise.race([exited, late, appeared.then(() => answers(socketPath))]);
}

// The socket is there a moment before the engine answers; the first request simply waits for it.
async function answers(socketPath: string): Promise<void> {
  for (;;) {
    const ok = await new Promise<boolean>((resolve) => {
      const probe = request({ socketPath, path: '/_ping' }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      probe.on('error', () => setTimeout(() => resolve(false), 25)).end();
    });
    if (ok) return;
  }
}

async function stopAll(daemon: ChildProcess, sweeper: ChildProcess, dir: string, bridge: string): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) resolve();
    else daemon.once('exit', () => resolve());
  });
  daemon.kill('SIGTERM');
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, STOP_MS).unref())]);
  daemon.kill('SIGKILL');
  sweeper.kill('SIGKILL');
  quietly('sh', ['-c', `pkill -KILL -f "${dir}"; grep -o " ${dir}[^ ]*" /proc/mounts | sort -r | xargs -r umount -l`]);
  quietly('ip', ['link', 'del', bridge]);
  rmSync(dir, { recursive: true, force: true });
}

function quietly(command: string, args: readonly string[]): void {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
  } catch {
    // Nothing left to remove is what we want.
  }
}
