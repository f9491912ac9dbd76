import type { RawContainer } from '../shapes/raw.ts';
import type { RolloutContext } from './context.ts';
import type { Blame } from './types.ts';

/** A run of a container: another start is another run, whatever caused it. */
export interface ContainerRun {
  /** As the engine said it, to the nanosecond. */
  readonly startedAt: string;
  readonly restartCount: number;
}

export interface RunFailure {
  readonly why: string;
  readonly blame: Blame;
}

export const runOf = ({ State, RestartCount }: RawContainer): ContainerRun => ({
  startedAt: State.StartedAt,
  restartCount: RestartCount,
});

/**
 * What is wrong with a container that was seen in `run`; undefined when nothing is. `wasAway` says that its engine did not
 * answer since the last look: what ended meanwhile may have ended with it.
 */
export async function findRunFailure(
  context: RolloutContext,
  raw: RawContainer,
  run: ContainerRun,
  wasAway: boolean,
): Promise<RunFailure | undefined> {
  const { State: state } = raw;
  if (state.OOMKilled) return { why: OUT_OF_MEMORY, blame: 'crashed' };
  const isRestarting = state.Status === 'restarting';
  if (isRestarting || raw.RestartCount > run.restartCount || state.StartedAt !== run.startedAt) {
    const end = isRestarting ? { exitCode: state.ExitCode, outOfMemory: false } : await previousExit(context, raw, run);
    const code = end.exitCode === undefined ? '' : ` (exit code ${end.exitCode})`;
    if (end.outOfMemory) return { why: 'The container ran out of memory and was restarted.', blame: 'crashed' };
    if (wasAway)
      return {
        why: `The container ended${code} while the engine was unavailable, and was restarted.`,
        blame: 'engine',
      };
    // Only what restarts by its policy is counted: a start by hand begins at none again.
    if (!isRestarting && raw.RestartCount <= run.restartCount)
      return {
        why: `The container was restarted by someone${code === '' ? '' : `, after it ended${code}`}.`,
        blame: 'person',
      };
    return { why: `The container crashed${code} and was restarted.`, blame: 'crashed' };
  }
  if (!state.Running)
    return wasAway
      ? { why: `The container exited with code ${state.ExitCode} while the engine was unavailable.`, blame: 'engine' }
      : { why: `The container exited with code ${state.ExitCode}.`, blame: 'crashed' };
  if (state.Paused) return { why: 'Someone paused the container.', blame: 'person' };
  if (state.Health?.Status === 'unhealthy')
    return { why: `The health check failed ${state.Health.FailingStreak} times in a row.`, blame: 'unhealthy' };
  return undefined;
}

const OUT_OF_MEMORY = 'The container ran out of memory.';

export interface PreviousExit {
  /** Undefined when the engine does not say. */
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
}

/** How the run before the present one ended: an engine says 0 of every container that runs, and keeps the code in its events. */
async function previousExit(
  { engine }: RolloutContext,
  raw: RawContainer,
  { startedAt }: ContainerRun,
): Promise<PreviousExit> {
  try {
    return await engine.endOfRun(raw.Id, { since: startedAt, until: raw.State.StartedAt });
  } catch {
    // Its code is a help and no more; a proxy before the engine may forbid to ask.
    return { exitCode: undefined, outOfMemory: false };
  }
}
