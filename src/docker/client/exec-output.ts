import { setTimeout as pause } from 'node:timers/promises';
import type { CallOptions } from './call-options.ts';
import type { ExecCalls, ExecCommand } from './exec-calls.ts';

/** What a short command wrote, as bytes of both its streams, and how it ended. */
export interface ExecOutput {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** More was written than `mostBytes`; the rest was not read. */
  readonly isCut: boolean;
  /** Undefined when the engine did not say in time, or the output was cut. 126 and 127: it could not be started. */
  readonly exitCode: number | undefined;
}

export interface ExecBounds extends CallOptions {
  /** Bytes of both streams together. */
  readonly mostBytes: number;
}

/**
 * Runs a command of Fairlead's own in a container and collects its output, for programs that end by themselves at once.
 * The caller's signal bounds the wait. Rejects with an `EngineError`.
 */
export async function execOutput(
  engine: ExecCalls,
  containerId: string,
  command: ExecCommand,
  { signal, mostBytes }: ExecBounds,
): Promise<ExecOutput> {
  const id = await engine.createExec(containerId, command, { signal });
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let left = mostBytes;
  for await (const { stream, bytes } of engine.startExec(id, { signal })) {
    parts[stream].push(Buffer.from(bytes.subarray(0, Math.max(0, left))));
    left -= bytes.length;
    if (left < 0) break;
  }
  const exitCode = left < 0 ? undefined : await exitCodeOf(engine, id, { signal });
  return { stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr), isCut: left < 0, exitCode };
}

/** Milliseconds between the end of the output and the looks at the exit code, which an engine may know a little later. */
const LOOKS_MS = [0, 10, 30, 60, 100, 200, 400, 800, 1400];

/** The exit code of an exec whose output has ended; undefined when it runs on all the same, or the engine forgot it. */
export async function exitCodeOf(
  engine: Pick<ExecCalls, 'inspectExec'>,
  execId: string,
  options: CallOptions,
): Promise<number | undefined> {
  for (const wait of LOOKS_MS) {
    if (wait > 0) await pause(wait, undefined, { signal: options.signal });
    const { running, exitCode } = await engine.inspectExec(execId, options);
    if (!running && exitCode !== undefined) return exitCode;
  }
  return undefined;
}
