import { sayStreak } from '../../text/times.ts';
import { endOfRun } from '../client/end-of-run.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { WatchContext } from './context.ts';
import type { Blame } from './verdict.ts';

/** One run of a container; every start begins another one. */
export interface ContainerRun {
  /** As the engine reports it, to the nanosecond. */
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
 * The failure of a container whose run was seen before; undefined when it runs well. `wasAway`: the engine was
 * unavailable since the last look, so the container may have stopped with it.
 */
export async function findRunFailure(
  context: Pick<WatchContext, 'engine'>,
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
    // Engines count restarts by the policy only; a start by hand resets the count.
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
    return { why: `The health check failed ${sayStreak(state.Health.FailingStreak)}.`, blame: 'unhealthy' };
  return undefined;
}

const OUT_OF_MEMORY = 'The container ran out of memory.';

export interface PreviousExit {
  /** Undefined when the engine does not say. */
  readonly exitCode: number | undefined;
  readonly outOfMemory: boolean;
}

/** How the previous run exited. Engines report 0 for a running container and keep the exit code in their events. */
async function previousExit(
  { engine }: Pick<WatchContext, 'engine'>,
  raw: RawContainer,
  { startedAt }: ContainerRun,
): Promise<PreviousExit> {
  try {
    return endOfRun(await engine.containerEvents(raw.Id, { since: startedAt, until: raw.State.StartedAt }));
  } catch {
    // The exit code is optional: a proxy before the engine may forbid events.
    return { exitCode: undefined, outOfMemory: false };
  }
}
