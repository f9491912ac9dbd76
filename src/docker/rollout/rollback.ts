import { setTimeout as sleep } from 'node:timers/promises';
import { sayDuration } from '../../domain/duration.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Phrase } from '../../domain/phrase.ts';
import { explain } from '../client/cause.ts';
import { EngineError } from '../client/engine-error.ts';
import type { Container } from '../client/types.ts';
import { manualRecoverySteps, setNameAndAliases } from './aliases.ts';
import { blameFor, isPortTaken } from './blame.ts';
import {
  Aborted,
  findContainers,
  isUnavailable,
  mustAbandon,
  type RolloutContainers,
  type RolloutContext,
  StepFailed,
} from './context.ts';
import { collectEvidence } from './evidence.ts';
import { type GateOutcome, waitForGate } from './gate.ts';
import { ownName } from './names.ts';
import { portAdvice, startContainer } from './start-container.ts';
import {
  isDiskFull,
  removeOldVersions,
  renameContainer,
  setRestartPolicy,
  stopAndRemove,
  stopForGood,
} from './steps.ts';
import { unlessGone } from './survey.ts';
import type { Blame, Evidence, HostVerdict, Phase, RestartPolicy, RunningNow, RunningVersions } from './types.ts';

/** Why it did not go on. */
export interface RolloutFailure {
  readonly phase: Phase;
  readonly why: string;
  readonly tryThis: Phrase;
  readonly blame: Blame;
  readonly isAbort: boolean;
  /** A crash cut off the stop of the old container: it may yet end, whatever it looks like now. */
  readonly oldMayStillStop?: boolean | undefined;
}

export function failureOf(error: unknown, context: RolloutContext): RolloutFailure {
  const phase = context.phase();
  const blame = blameFor(error, phase, context.run.signal);
  if (error instanceof Aborted || (error instanceof EngineError && error.fault === 'aborted'))
    return {
      phase,
      why: new Aborted(context.run.signal).message,
      tryThis: 'Deploy again when it is wanted.',
      blame,
      isAbort: true,
    };
  if (error instanceof StepFailed) return { phase, why: error.message, tryThis: error.tryThis, blame, isAbort: false };
  if (!(error instanceof EngineError))
    return { phase, why: messageOf(error), tryThis: 'Try again in a minute.', blame, isAbort: false };
  const { summary, tryThis } = explain(error, { host: context.plan.host });
  const said = isUnavailable(error)
    ? `The engine on ${context.plan.host} stopped answering`
    : summary.replace(/\.$/u, '');
  const words = error.engineSaid.replace(/(?<![.\s])[.\s]+$/u, '');
  return { phase, why: `${said} (${phase}): ${words}.`, tryThis, blame, isAbort: false };
}

/**
 * The way back, from wherever it is: evidence first, then the new version away, then the old one as it was. It looks at
 * the host before each step, so that it may be done again after a crash in the middle of it.
 */
export async function rollBack(context: RolloutContext, cause: RolloutFailure): Promise<HostVerdict> {
  await context.requiredStep('roll-back', 'going back to the old version', { why: cause.why, phase: cause.phase });
  const rest = { phase: cause.phase, tryThis: cause.tryThis, blame: cause.blame };
  const mayStillStop = cause.oldMayStillStop === true || context.oldMayStillStop();
  let evidence: Evidence | undefined;
  try {
    const { created, old } = await findContainers(context);
    // What fails is still more than nothing.
    if (context.plan.now && !old && created?.state === 'running')
      return needsAttention(context, rest, `${cause.why} The old container is gone, so the new one was left.`);
    const wasStarted = created !== undefined && (await hasStarted(context, created));
    if (created && (wasStarted || cause.phase === 'start')) evidence = await collectEvidence(context, created.id);
    // Before the new version goes, which may have its alias: somebody must be found by it.
    const { now, strategy } = context.plan;
    if (old && now && strategy === 'start-first' && !mayStillStop)
      await context.retryWhileAway(() => setNameAndAliases(context, old.id, now.containerName, 'with aliases'));
    if (created) await quarantine(context, created, wasStarted);
    const restored = await restoreOld(context, cause.oldMayStillStop === true);
    const untidy = await removeOldVersions(context).then(
      () => '',
      (error: unknown) => {
        if (mustAbandon(error) || (error instanceof EngineError && error.fault === 'aborted')) throw error;
        return ` Earlier versions were not tidied up: ${messageOf(error)}`;
      },
    );
    const downMs = context.downMs();
    // A start-first rollout has moved everybody to the new version by then.
    const touched = restored.wasDown || cause.phase === 'drain' || (wasStarted && strategy !== 'start-first');
    if (restored.kind === 'lost') return needsAttention(context, rest, `${cause.why} ${restored.why}`, { evidence });
    return {
      ...rest,
      verdict: cause.isAbort ? 'aborted' : touched && restored.kind === 'old' ? 'rolled_back' : 'failed_kept_old',
      why: `${cause.why} ${describeRestored(restored.kind, touched, downMs)}${untidy}`,
      evidence,
      ms: context.elapsedMs(),
      downMs,
      containerId: restored.id,
    };
  } catch (error) {
    // Nothing here is called off by anybody, so what was cut off was so by this process's own end.
    if (mustAbandon(error) || (error instanceof EngineError && error.fault === 'aborted')) throw error;
    const why = isUnavailable(error)
      ? `The engine on ${context.plan.host} does not answer, so the old version could not be brought back yet.`
      : `Going back failed too: ${messageOf(error)}`;
    const advice = error instanceof EngineError && isPortTaken(error) ? `${await portAdvice(context, error)} ` : '';
    return needsAttention(context, rest, `${cause.why} ${why}`, { evidence, advice });
  }
}

/** What an engine was asked it does nevertheless, so it is given a moment. */
export const SETTLE_MS = 500;
const LATE_CREATE_MS = 5000;

/** Looked at once more after a moment: what was still under way when nobody heard its answer may have come in between. */
export async function rollBackAndConfirm(context: RolloutContext, cause: RolloutFailure): Promise<HostVerdict> {
  const verdict = await rollBack(context, cause);
  if (verdict.verdict === 'needs_attention' || cause.phase === 'pull') return verdict;
  // An engine that is slow to make a container may have it seconds later.
  for (let waited = 0; cause.phase === 'create' && waited < LATE_CREATE_MS; waited += SETTLE_MS) {
    if ((await findContainers(context).catch(() => undefined))?.created) break;
    await sleep(SETTLE_MS);
  }
  await sleep(SETTLE_MS);
  const { old, created } = await findContainers(context).catch(() => ({ old: undefined, created: undefined }));
  const { now } = context.plan;
  const isOff = now?.state === 'running' && (old?.state !== 'running' || ownName(old) !== now.containerName);
  return isOff || created?.state === 'running' || created?.state === 'created' ? rollBack(context, cause) : verdict;
}

async function hasStarted(context: RolloutContext, { id }: Container): Promise<boolean> {
  const raw = await context.retryWhileAway(() => unlessGone(context.engine.inspectRaw(id)));
  return raw !== undefined && Date.parse(raw.State.StartedAt) > 0;
}

/** One that ran stays for whoever looks for the reason; one that never did tells nothing. */
async function quarantine(context: RolloutContext, created: Container, wasStarted: boolean): Promise<void> {
  const away = async () => {
    if (!wasStarted) return unlessGone(context.engine.removeContainer(created.id));
    await stopForGood(context, created);
    return renameContainer(context, created.id, context.names.failed);
  };
  await context.retryWhileAway(away).catch(async (error: unknown) => {
    // What was to be seen of it has been; it leaves some room, and somebody must serve.
    if (isDiskFull(error)) return context.retryWhileAway(() => stopAndRemove(context, created));
    // A start that was still under way has come first.
    if (!(error instanceof EngineError) || error.fault !== 'in_use') throw error;
    await context.retryWhileAway(() => stopForGood(context, created));
    await context.retryWhileAway(() => renameContainer(context, created.id, context.names.failed));
  });
}

type Restored =
  | { readonly kind: 'old' | 'nothing'; readonly id: string | undefined; readonly wasDown: boolean }
  | { readonly kind: 'lost'; readonly why: string; readonly wasDown: true };

/** The old container under its own name, with its own restart policy, and running if it did before. */
async function restoreOld(context: RolloutContext, mayStillStop: boolean): Promise<Restored> {
  const { now } = context.plan;
  if (!now) return { kind: 'nothing', id: undefined, wasDown: false };
  const { old } = await findContainers(context);
  if (!old) return { kind: 'lost', wasDown: true, why: 'The old container is gone: somebody removed it.' };
  const shouldRun = ['running', 'restarting'].includes(now.state);
  // Its end cannot be called off, but waited for. After a crash its policy tells whether it was ever told to end.
  const isDoomed =
    shouldRun && (context.oldMayStillStop() || (mayStillStop && (await hasNoRestartPolicy(context, old))));
  if (isDoomed) await context.retryWhileAway(() => stopForGood(context, old));
  const isUp = await context.retryWhileAway(() => resumeOld(context, old, now, shouldRun));
  if (!shouldRun || isUp) return { kind: 'old', id: old.id, wasDown: false };
  const outcome = await confirmOldRuns(context, old.id);
  if (outcome.passed) return { kind: 'old', id: old.id, wasDown: true };
  return { kind: 'lost', wasDown: true, why: `The old version was started again, but: ${outcome.why}` };
}

async function hasNoRestartPolicy(context: RolloutContext, { id }: Container): Promise<boolean> {
  const { HostConfig } = await context.retryWhileAway(() => context.engine.inspectRaw(id));
  return isSamePolicy(HostConfig.RestartPolicy, { name: 'no', maximumRetryCount: 0 });
}

/** Nothing else serves: it is worth more patience than the new version was. */
const RESTART_OLD_MS = 45_000;

/** Resolves to whether it was running all the time. */
async function resumeOld(
  context: RolloutContext,
  old: Container,
  now: RunningNow,
  shouldRun: boolean,
): Promise<boolean> {
  const raw = await context.engine.inspectRaw(old.id);
  const isUp = raw.State.Running === true;
  const untaken = await setNameAndAliases(context, old.id, now.containerName, 'with aliases').then(
    () => true,
    (error: unknown) => {
      if (error instanceof EngineError && error.status === 409) return false;
      throw error;
    },
  );
  if (!isSamePolicy(raw.HostConfig.RestartPolicy, now.restartPolicy))
    await setRestartPolicy(context, old.id, now.restartPolicy);
  if (shouldRun && !isUp) await startContainer(context, old.id, RESTART_OLD_MS);
  // Under another name it serves too, at its ports at least.
  if (!untaken)
    throw new Error(`Another container has the name ${now.containerName}, so the old one has to do with another.`);
  return isUp;
}

function isSamePolicy(
  policy: { Name: string; MaximumRetryCount: number } | null | undefined,
  want: RestartPolicy,
): boolean {
  return (policy?.Name || 'no') === want.name && (policy?.MaximumRetryCount ?? 0) === want.maximumRetryCount;
}

/** It was good enough before; what is asked here is only that it came up again. */
const OLD_STABLE_MS = 2000;

function confirmOldRuns(context: RolloutContext, id: string): Promise<GateOutcome> {
  const { healthyWithin, stableFor, probe } = context.run.wanted.rollout;
  const terms = { healthyWithin, stableFor: Math.min(stableFor, OLD_STABLE_MS), probe, signal: undefined };
  return waitForGate(context, id, terms);
}

function describeRestored(kind: 'old' | 'nothing', touched: boolean, downMs: number | undefined): string {
  if (kind === 'nothing') return 'Nothing ran there before, and nothing does now.';
  if (!touched) return 'The old version was never stopped.';
  return `The old version serves again${downMs === undefined ? '' : `, after ${sayDuration(downMs)} down`}.`;
}

async function needsAttention(
  context: RolloutContext,
  rest: { readonly phase: Phase; readonly tryThis: Phrase; readonly blame: Blame },
  why: string,
  { evidence, advice = '' }: { readonly evidence?: Evidence | undefined; readonly advice?: string } = {},
): Promise<HostVerdict> {
  const host = await findContainers(context).catch(() => undefined);
  const words = host && !host.old ? '' : manualRecoverySteps(context);
  return {
    ...rest,
    verdict: 'needs_attention',
    why: `${why}${host ? describeRunning(host) : ''}`,
    runs: host && runningVersions(host),
    tryThis: `${advice}On ${context.plan.host}, see docker ps -a${words === '' ? '.' : `; then by hand: \`${words}\``}`,
    evidence,
    ms: context.elapsedMs(),
    downMs: context.downMs(),
  };
}

/** Whoever is called at night wants to know first whether anything serves. */
function describeRunning({ old, created }: RolloutContainers): string {
  const [oldAs, newAs] = [runningName(old), runningName(created)];
  if (oldAs && newAs) return ` Both versions run: the old one as ${oldAs}, the new one as ${newAs}.`;
  if (oldAs) return ` The old version runs, as ${oldAs}.`;
  return newAs ? ` The new version runs, as ${newAs}.` : ' Neither version runs.';
}

export function runningVersions({ old, created }: RolloutContainers): RunningVersions {
  const [oldRuns, newRuns] = [old?.state === 'running', created?.state === 'running'];
  return oldRuns ? (newRuns ? 'both' : 'old') : newRuns ? 'new' : 'neither';
}

const runningName = (one: Container | undefined) => (one?.state === 'running' ? ownName(one) : undefined);
