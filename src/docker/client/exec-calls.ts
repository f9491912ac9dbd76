import type { CallOptions } from './call-options.ts';
import type { LogChunk } from './types.ts';

/** A program to run in a container that runs. There is no shell: `argv` is what the kernel gets. */
export interface ExecCommand {
  readonly argv: readonly string[];
  /** `NAME=value`, beside the container's own. Unlike arguments they are not in the engine's events. */
  readonly env?: readonly string[] | undefined;
  /** As docker's `-u`; undefined for the container's own user. */
  readonly user?: string | undefined;
  readonly workdir?: string | undefined;
}

export interface ExecState {
  readonly running: boolean;
  /** Undefined while it runs, and where the engine does not say. */
  readonly exitCode: number | undefined;
}

/**
 * Running a program in a container. An engine has no call to end it, and goes on when the connection is closed: what has to
 * end needs a bound within the container.
 */
export interface ExecCalls {
  /** Resolves to the id of the exec. Rejects with the fault `conflict` when the container is paused or does not run. */
  createExec(containerId: string, command: ExecCommand, options?: CallOptions): Promise<string>;
  /** Starts it, once, and reads what it writes until it has ended. Aborting stops the reading only. */
  startExec(execId: string, options?: CallOptions): AsyncIterable<LogChunk>;
  /** An engine forgets an exec some minutes after its end: then it rejects with the fault `not_found`. */
  inspectExec(execId: string, options?: CallOptions): Promise<ExecState>;
}
