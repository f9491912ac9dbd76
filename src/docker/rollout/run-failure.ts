import { constants } from 'node:os';
import { sayStreak } from '../../text/times.ts';
import { endOfRun } from '../client/end-of-run.ts';
import type { ContainerEvent } from '../client/events.ts';
import { time } from '../shapes/fields.ts';
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

export const GONE: RunFailure = { why: 'Someone removed the container.', blame: 'person' };

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
  // Nothing but a call to the engine removes it; the call may take a while.
  if (state.Status === 'removing') return GONE;
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
  if (!state.Running) {
    if (wasAway)
      return {
        why: `The container exited with code ${state.ExitCode} while the engine was unavailable.`,
        blame: 'engine',
      };
    if (await wasStopped(context, raw, run))
      return { why: `The container was stopped by someone (exit code ${state.ExitCode}).`, blame: 'person' };
    return { why: `The container exited with code ${state.ExitCode}.`, blame: 'crashed' };
  }
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
  return endOfRun(await eventsOf(engine, raw, { since: startedAt, until: raw.State.StartedAt }));
}

/**
 * Whether a run ended by `docker stop`, `restart` or `kill`. The engine has an event of the signals it was told to send, and of
 * no others.
 */
async function wasStopped(
  { engine }: Pick<WatchContext, 'engine'>,
  raw: RawContainer,
  { startedAt }: ContainerRun,
): Promise<boolean> {
  const ending = [...ENDING, signalOf(raw.Config['StopSignal'])];
  const until = new Date((time(raw.State.FinishedAt) ?? 0) + LATE_EVENT_MS).toISOString();
  const events = await eventsOf(engine, raw, { since: startedAt, until });
  return events.some(({ action, signal }) => action === 'kill' && ending.includes(Number(signal)));
}

/** An engine writes the event of a signal after it has sent it, when the program may have ended. It answers at that time. */
const LATE_EVENT_MS = 500;

const { SIGINT, SIGKILL, SIGQUIT, SIGTERM } = constants.signals;
/** Others, as SIGHUP, tell a program something else. */
const ENDING: readonly (number | undefined)[] = [SIGINT, SIGQUIT, SIGKILL, SIGTERM];

function signalOf(name: unknown): number | undefined {
  const signals: Readonly<Record<string, number>> = constants.signals;
  return typeof name === 'string' ? (signals[name] ?? signals[`SIG${name}`]) : undefined;
}

/** None where the engine does not say: a proxy before it may forbid events. */
async function eventsOf(
  engine: WatchContext['engine'],
  { Id }: RawContainer,
  between: Parameters<WatchContext['engine']['containerEvents']>[1],
): Promise<readonly ContainerEvent[]> {
  try {
    return await engine.containerEvents(Id, between);
  } catch {
    return [];
  }
}
