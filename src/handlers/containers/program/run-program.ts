import { deadline } from '../../../docker/client/abort.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import { EngineError } from '../../../docker/client/engine-error.ts';
import type { ExecCommand } from '../../../docker/client/exec-calls.ts';
import { exitCodeOf } from '../../../docker/client/exec-output.ts';
import type { Redact } from '../../../policy/redact.ts';
import type { ExecEnd } from '../../../store/execs.ts';
import { logLines } from '../log/log-lines.ts';
import { Output, type OutputFacts } from './output.ts';
import { KILL_AFTER_S } from './timeouts.ts';
import { upTo } from './up-to.ts';

/** Milliseconds beyond its bound in which a program must have ended. */
const GRACE_MS = (KILL_AFTER_S + 10) * 1000;
/** Exit codes of `timeout` when it ended the program: its own, and those of the signals. */
const TIMED_OUT: ReadonlySet<number | undefined> = new Set([124, 137, 143]);

export interface Program {
  readonly engine: Engine;
  readonly containerId: string;
  readonly command: ExecCommand;
  readonly redact: Redact;
  readonly bounds: {
    /** Milliseconds within the container; the reader waits a little longer. */
    readonly forMs: number;
    readonly outputBytes: number;
  };
}

export interface ProgramEnd {
  readonly ended: ExecEnd;
  readonly exitCode: number | undefined;
  readonly facts: OutputFacts;
  /** The whole output, as far as it was read. */
  readonly text: string;
  /** Why its end was not seen. */
  readonly lost: string | undefined;
}

/** Runs a program in a container and reads what it writes, until it ends, `signal` aborts, or its bounds are reached. */
export async function runProgram(
  { engine, containerId, command, redact, bounds }: Program,
  signal: AbortSignal,
  onLines: (output: Output) => void,
): Promise<ProgramEnd> {
  const output = new Output();
  const began = performance.now();
  const limit = deadline(bounds.forMs + GRACE_MS);
  const reading = AbortSignal.any([signal, limit.signal]);
  let ended: ExecEnd = 'exited';
  let exitCode: number | undefined;
  let lost: string | undefined;
  const full = { is: false };
  let execId: string | undefined;
  try {
    execId = await engine.createExec(containerId, command, { signal });
    const chunks = upTo(engine.startExec(execId, { signal: reading }), bounds.outputBytes, full);
    for await (const lines of logLines(chunks, redact)) {
      // The end of what was cut: half a line may be half a secret.
      if (full.is) break;
      output.take(lines);
      onLines(output);
    }
    if (full.is) ended = 'too-long';
    else exitCode = await exitCodeOf(engine, execId, { signal: reading });
    const isLate = performance.now() - began >= bounds.forMs - 500;
    if (isLate && TIMED_OUT.has(exitCode)) ended = 'timed-out';
    else if (!full.is && exitCode === undefined) ended = 'lost';
  } catch (error) {
    // What could not even be made is refused, not lost.
    if (!signal.aborted && !(error instanceof EngineError && execId !== undefined)) throw error;
    ended = signal.aborted ? 'stopped' : 'lost';
    if (error instanceof EngineError && ended === 'lost') lost = redact(error.engineSaid);
  } finally {
    limit.clear();
  }
  return { ended, exitCode, facts: output.facts(), text: output.text, lost };
}
