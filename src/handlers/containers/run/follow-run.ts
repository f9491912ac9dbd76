import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Engine } from '../../../docker/client/engine.ts';
import { EngineError } from '../../../docker/client/engine-error.ts';
import type { RawContainer } from '../../../docker/shapes/raw.ts';
import type { Redact } from '../../../policy/redact.ts';
import { logLines } from '../log/log-lines.ts';
import { Output } from '../program/output.ts';
import { upTo } from '../program/up-to.ts';
import { removeWithVolumes } from './remove.ts';
import type { RunEnd, RunReport } from './results.ts';

/** Seconds between the stop signal and the kill. */
const STOP_SECONDS = 5;
const PAUSE_MS = 200;
/** How long an engine may take to say that a container whose log has ended is over. */
const END_MS = 10_000;

export interface FollowedRun {
  readonly engine: Engine;
  /** Full id of the container, which has been started. */
  readonly container: string;
  readonly redact: Redact;
  readonly forMs: number;
  readonly outputBytes: number;
}

/** Reads a foreground run to its end, which is its own, its time's, its person's or its output's; then removes it. */
export async function followRun(
  { engine, container, redact, forMs, outputBytes }: FollowedRun,
  signal: AbortSignal,
  onOutput: (output: Output) => void,
): Promise<
  Pick<RunReport, 'shown' | 'lines' | 'output'> & {
    readonly state: RunEnd;
    readonly kept: string;
    readonly bytes: number;
  }
> {
  const output = new Output();
  const full = { is: false };
  const began = performance.now();
  const time = AbortSignal.timeout(forMs);
  const reading = AbortSignal.any([signal, time]);
  let why: RunEnd['why'] = 'exited';
  try {
    const query = { tail: 'all', timestamps: false, follow: true, tty: false } as const;
    const chunks = upTo(engine.logs(container, query, { signal: reading }), outputBytes, full);
    for await (const lines of logLines(chunks, redact)) {
      // The end of what was cut: half a line may be half a secret.
      if (full.is) break;
      output.take(lines);
      onOutput(output);
    }
    if (full.is) why = 'too-long';
    else if (!(await isOver(engine, container, reading))) why = 'lost';
  } catch (error) {
    if (!reading.aborted && !(error instanceof EngineError)) throw error;
    why = signal.aborted ? 'stopped' : time.aborted ? 'time' : 'lost';
  }
  const { exitCode, outOfMemory, isRemoved } = await endAndRemove(engine, container, why === 'exited');
  // The engine went away between the end and the question how it ended.
  if (why === 'exited' && exitCode === undefined) why = 'lost';
  const ms = Math.round(performance.now() - began);
  const { bytes, sha256, kept, lines, shown } = output.facts();
  return {
    shown,
    lines,
    kept,
    bytes,
    output: { bytes, sha256, kept: hash('sha256', kept) },
    state: { at: 'ended', why, exitCode, outOfMemory, ms, isRemoved, text: output.text, sha256 },
  };
}

/** An engine ends the log a moment before it says that the container has ended. */
async function isOver(engine: Engine, container: string, signal: AbortSignal): Promise<boolean> {
  for (const until = performance.now() + END_MS; performance.now() < until; ) {
    if (!(await engine.inspectContainer(container, { signal })).running) return true;
    await pause(PAUSE_MS, undefined, { signal });
  }
  return false;
}

/** Stops what still runs, reads how it ended, and removes it with its anonymous volumes. What fails is left to the worker. */
async function endAndRemove(
  engine: Engine,
  container: string,
  hasEnded: boolean,
): Promise<Pick<RunEnd, 'exitCode' | 'outOfMemory' | 'isRemoved'>> {
  let raw: RawContainer | undefined;
  try {
    if (!hasEnded) await engine.stopContainer(container, STOP_SECONDS);
    raw = await engine.inspectRaw(container);
    await removeWithVolumes(engine, raw);
    return { ...endOf(raw), isRemoved: true };
  } catch (error) {
    if (error instanceof EngineError && error.fault === 'not_found') return { ...endOf(raw), isRemoved: true };
    return { ...endOf(raw), isRemoved: false };
  }
}

const endOf = (raw: RawContainer | undefined) => ({
  exitCode: raw?.State.Running === false ? raw.State.ExitCode : undefined,
  outOfMemory: raw?.State.OOMKilled === true,
});
