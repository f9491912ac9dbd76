import { EngineError } from '../client/engine-error.ts';
import type { Container } from '../client/types.ts';
import type { RawContainer } from '../shapes/raw.ts';
import { setNameAndAliases } from './aliases.ts';
import { findContainers, type RolloutContext } from './context.ts';
import type { RolloutFailure } from './failure.ts';
import { type GateOutcome, waitForGate } from './gate.ts';
import { startContainer } from './start-container.ts';
import { setRestartPolicy, stopForGood } from './steps.ts';
import { unlessGone } from './survey.ts';
import type { Phase, RestartPolicy, RunningNow } from './types.ts';

export type Restored =
  | { readonly kind: 'old' | 'nothing'; readonly id: string | undefined; readonly wasDown: boolean }
  | { readonly kind: 'lost'; readonly why: string; readonly wasDown: true };

/** Whether the old container ran when the plan was made: one that was stopped stays so. */
export const ranBefore = (now: RunningNow | undefined): boolean =>
  now !== undefined && ['running', 'restarting'].includes(now.state);

/** Gives the old container its name and restart policy back, and starts it if it ran before. */
export async function restoreOld(
  context: RolloutContext,
  { phase, oldMayStillStop: mayStillStop = false }: Pick<RolloutFailure, 'phase' | 'oldMayStillStop'>,
): Promise<Restored> {
  const { now } = context.plan;
  if (!now) return { kind: 'nothing', id: undefined, wasDown: false };
  const { old, created } = await findContainers(context);
  if (!old) return { kind: 'lost', wasDown: true, why: 'The old container is gone: someone removed it.' };
  const shouldRun = ranBefore(now);
  // A stop that was sent cannot be called off, only waited for. After a crash the policy tells whether it was ever sent.
  const isStopping =
    shouldRun && (context.oldMayStillStop() || (mayStillStop && (await hasNoRestartPolicy(context, old))));
  if (isStopping) await context.retryWhileAway(() => stopForGood(context, old));
  const wasRunning = await context.retryWhileAway(() => resumeOld(context, old, now, { shouldRun, phase, created }));
  if (!shouldRun || wasRunning) return { kind: 'old', id: old.id, wasDown: false };
  const outcome = await confirmOldRuns(context, old.id);
  if (outcome.passed) return { kind: 'old', id: old.id, wasDown: true };
  return { kind: 'lost', wasDown: true, why: `The old version was restarted and failed: ${outcome.why}` };
}

async function hasNoRestartPolicy(context: RolloutContext, { id }: Container): Promise<boolean> {
  const { HostConfig } = await context.retryWhileAway(() => context.engine.inspectRaw(id));
  return isSamePolicy(HostConfig.RestartPolicy, { name: 'no', maximumRetryCount: 0 });
}

/** Longer than for the new version, since no other version serves. */
const RESTART_OLD = { portMs: 45_000, failureMs: 15_000 };

type RunState = RawContainer['State'];

interface Resuming {
  readonly shouldRun: boolean;
  /** Phase in which the rollout failed. */
  readonly phase: Phase;
  /** The new version. */
  readonly created: Container | undefined;
}

/** Resolves to whether the old container was running all the time. */
async function resumeOld(
  context: RolloutContext,
  old: Container,
  now: RunningNow,
  { shouldRun, phase, created }: Resuming,
): Promise<boolean> {
  const raw = await context.engine.inspectRaw(old.id);
  const isUp = raw.State.Running === true;
  const hasName = await setNameAndAliases(context, old.id, now.containerName, 'with aliases').then(
    () => true,
    (error: unknown) => {
      if (error instanceof EngineError && error.status === 409) return false;
      throw error;
    },
  );
  if (!isSamePolicy(raw.HostConfig.RestartPolicy, now.restartPolicy))
    await setRestartPolicy(context, old.id, now.restartPolicy);
  const isSameRun = !wasReplaced(context, raw.State);
  if (shouldRun && !isUp) {
    await startContainer(context, old.id, RESTART_OLD);
    // What cannot be measured is not known; the old version runs all the same.
    await markDown(context, raw, { phase, created }).catch(() => undefined);
  }
  // Started all the same: under another name it serves at its ports at least.
  if (!hasName)
    throw new Error(
      `Another container has taken the name ${now.containerName}, so the old container keeps another name.`,
    );
  return isUp && isSameRun;
}

/** Phases of a stop-first rollout in which nothing has served since the stop of the old version. */
const NOTHING_SERVES: readonly Phase[] = ['stop-old', 'rename-old', 'rename-new', 'start', 'gate'];

/**
 * When the last version ended, by the engine's clock: the old one or, in a start-first rollout, the new one after it. Undefined
 * where that is not known: somebody started the old version meanwhile, or the new one served for a while in its place.
 */
async function lastServed(
  context: RolloutContext,
  ended: RunState,
  { phase, created }: Pick<Resuming, 'phase' | 'created'>,
): Promise<number | undefined> {
  if (context.oldRun() !== ended.StartedAt) return undefined;
  const oldEnd = Date.parse(ended.FinishedAt);
  if (context.plan.strategy === 'stop-first') return NOTHING_SERVES.includes(phase) ? oldEnd : undefined;
  const other = created && (await unlessGone(context.engine.inspectRaw(created.id)));
  return other === undefined ? undefined : Math.max(oldEnd, Date.parse(other.State.FinishedAt));
}

/** Counts the time without a version from an end that the engine has noted. Its clock is compared with itself alone. */
async function markDown(
  context: RolloutContext,
  { Id, State: ended }: RawContainer,
  at: Pick<Resuming, 'phase' | 'created'>,
): Promise<void> {
  const end = await lastServed(context, ended, at);
  // An engine that knows of no end says the year 1.
  if (end === undefined || !(end > 0)) return;
  const { State } = await context.engine.inspectRaw(Id);
  const downMs = Date.parse(State.StartedAt) - end;
  // A clock that was set back tells nothing.
  if (downMs >= 0) context.markDown(downMs);
}

/** Whether the old version was stopped and started again, by this process or by one whose verdict was lost. */
function wasReplaced(context: RolloutContext, { Running, StartedAt, FinishedAt }: RunState): boolean {
  const { strategy, now } = context.plan;
  const ended = context.oldRun();
  // One that was restarting when the plan was made has a new run every other moment.
  if (ended === undefined || ended === StartedAt || !Running || now?.state !== 'running') return false;
  const downMs = Date.parse(StartedAt) - Date.parse(FinishedAt);
  if (strategy === 'stop-first' && downMs > 0) context.setDownMs(downMs);
  return true;
}

function isSamePolicy(
  policy: { Name: string; MaximumRetryCount: number } | null | undefined,
  want: RestartPolicy,
): boolean {
  return (policy?.Name || 'no') === want.name && (policy?.MaximumRetryCount ?? 0) === want.maximumRetryCount;
}

/** The old version was healthy before, so it is only checked that it came up again. */
const OLD_STABLE_MS = 2000;

function confirmOldRuns(context: RolloutContext, id: string): Promise<GateOutcome> {
  const { healthyWithin, stableFor, probe } = context.run.wanted.rollout;
  const stable = Math.min(stableFor, OLD_STABLE_MS);
  return waitForGate(context, id, { healthyWithin, stableFor: stable, probe, signal: undefined });
}
