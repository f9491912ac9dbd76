import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';

/** A program that is run without a shell, for what it writes. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
}

/** How a program ended. */
export interface Ended<T> {
  /** What `read` made of its output; undefined where it failed or `read` did. */
  readonly value: T | undefined;
  /** Why `read` failed. */
  readonly unread: unknown;
  /** Undefined where a signal ended it. */
  readonly exitCode: number | undefined;
  /** The end of what it wrote to standard error. */
  readonly said: string;
  readonly isLate: boolean;
}

/** Bytes of standard error that are kept: the last ones have the cause. */
const MOST_SAID = 16_384;
/** Time for a program to clean up after SIGTERM, milliseconds. */
const GRACE_MS = 1000;

/**
 * Runs a program in a process group of its own, all of which is ended at the deadline, when `signal` fires, and when it has
 * ended but children of it go on. Rejects only when it cannot be started, with Node's error.
 */
export async function runProgram<T>(
  { command, args, env, deadlineMs }: Program,
  read: (output: AsyncIterable<Uint8Array>) => Promise<T>,
  signal: AbortSignal,
): Promise<Ended<T>> {
  const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'], cwd: tmpdir() });
  await started(child);
  const group = createGroup(child);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    group.end();
  }, deadlineMs);
  const stop = () => group.end();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const said = lastOf(child.stderr);
  let value: T | undefined;
  let unread: unknown;
  try {
    const closed = new Promise<number | undefined>((resolve) =>
      child.once('close', (code) => resolve(code ?? undefined)),
    );
    try {
      value = await read(child.stdout);
    } catch (error) {
      unread = error;
      group.end();
    }
    const exitCode = await closed;
    return { value, unread, exitCode, said: said(), isLate };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    group.over();
  }
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function started(child: Child): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

/** The program and everything it started. */
function createGroup(child: Child) {
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended already.
    }
  };
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;
  // A pipe that a child of it holds would be read for ever.
  child.once('exit', () => {
    timer ??= setTimeout(() => kill('SIGKILL'), GRACE_MS);
  });
  child.on('error', () => {});
  return {
    end() {
      isEnded = true;
      kill('SIGTERM');
      timer ??= setTimeout(() => kill('SIGKILL'), GRACE_MS);
    },
    over() {
      clearTimeout(timer);
      if (isEnded) kill('SIGKILL');
    },
  };
}

function lastOf(stream: Readable): () => string {
  let kept = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-MOST_SAID);
  });
  stream.on('error', () => {});
  return () => kept.toString('utf8');
}
