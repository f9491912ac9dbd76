import { setTimeout as sleep } from 'node:timers/promises';
import { sayDuration } from '../../domain/duration.ts';
import { messageOf } from '../../domain/errors.ts';
import { EngineError } from '../client/engine-error.ts';
import type { Container } from '../client/types.ts';
import { setNameAndAliases } from './aliases.ts';
import { needsAttention } from './attention.ts';
import { isPortTaken } from './blame.ts';
import { findContainers, isProcessEnding, isUnavailable, type RolloutContext } from './context.ts';
import { collectEvidence } from './evidence.ts';
import { type RolloutFailure, unresolved } from './failure.ts';
import { ownName } from './names.ts';
import { type Restored, ranBefore, restoreOld } from './restore.ts';
import { portAdvice } from './start-container.ts';
import { isDiskFull, removeOldVersions, renameContainer, stopAndRemove, stopForGood } from './steps.ts';
import { unlessGone } from './survey.ts';
import { concludeUnreachable } from './untouched.ts';
import type { Evidence, HostVerdict } from './verdict.ts';

/**
 * Rolls back from any phase: collects evidence, sets the new version aside, restores the old one. Looks at the host before
 * each step, so a crash in between may be followed by another roll-back.
 */
export async function rollBack(context: RolloutContext, failure: RolloutFailure): Promise<HostVerdict> {
  const { phase, why, tryThis, blame } = failure;
  const { now, strategy } = context.plan;
  const unreachable = await concludeUnreachable(context, failure);
  if (unreachable) return unreachable;
  await context.requiredStep('roll-back', 'rolling back to the old version', { why, phase });
  let evidence: Evidence | undefined;
  try {
    const { created, old } = await findContainers(context);
    if (now && !old && created?.state === 'running')
      return needsAttention(context, failure, `${why} The old container is gone, so the new container was kept.`);
    const wasStarted = created !== undefined && (await hasStarted(context, created));
    if (created && (wasStarted || phase === 'start'))
      evidence = await collectEvidence(context, {
        id: created.id,
        ...(wasStarted ? { keptAs: context.names.failed } : { refusal: context.run.redact(why, []) }),
      }).catch((error: unknown) => {
        if (isProcessEnding(error)) throw error;
        // The old version is restored whether or not it is known why the new one failed.
        return undefined;
      });
    if (old) await returnAliases(context, old, failure);
    if (created) await quarantine(context, created, wasStarted);
    const restored = await restoreOld(context, failure);
    const leftOver = await removeOldVersionsIfPossible(context);
    if (restored.kind === 'lost') return needsAttention(context, failure, `${why} ${restored.why}`, { evidence });
    // A start-first rollout has moved the aliases to the new version by the phase `drain`.
    const touched = restored.wasDown || phase === 'drain' || (wasStarted && strategy !== 'start-first');
    const downMs = context.downMs();
    return {
      phase,
      tryThis,
      blame,
      verdict: failure.isAbort ? 'aborted' : touched && restored.kind === 'old' ? 'rolled_back' : 'failed_kept_old',
      why: `${why} ${describeRestored(restored, touched, context)}${leftOver}`,
      evidence,
      ms: context.elapsedMs(),
      downMs,
      containerId: restored.id,
    };
  } catch (error) {
    if (isProcessEnding(error)) throw error;
    if (isUnavailable(error)) return giveUp(context, failure, { error, evidence });
    const advice = error instanceof EngineError && isPortTaken(error) ? `${await portAdvice(context, error)} ` : '';
    const failed = `The rollback failed too: ${messageOf(error)}`;
    return needsAttention(context, failure, `${why} ${failed}`, { evidence, advice });
  }
}

/** The engine stays away: the roll-back is finished when it responds, by `resumeRollBack`. */
async function giveUp(
  context: RolloutContext,
  failure: RolloutFailure,
  { error, evidence }: { readonly error: unknown; readonly evidence: Evidence | undefined },
): Promise<HostVerdict> {
  const { host, now } = context.plan;
  const away = unresolved(error, host) ?? `The engine on ${host} is not responding`;
  // Of a first deploy there is nothing to go back to.
  const [left, does] = now
    ? ['the old version is not restored yet', 'restores it']
    : ['the new version is not removed yet', 'removes it'];
  const verdict = await needsAttention(context, failure, `${failure.why} ${away}, so ${left}.`, {
    evidence,
    advice: `Fairlead ${does} as soon as ${host} responds, within a day; or do it by hand. `,
  });
  return { ...verdict, isUnrestored: true };
}

function describeRestored({ kind, wasDown }: Restored, touched: boolean, { plan, downMs }: RolloutContext): string {
  if (kind === 'nothing') return 'Nothing ran on this host before, and nothing runs now.';
  const old = plan.now?.tag ?? 'The old version';
  if (!ranBefore(plan.now)) return `${old} did not run before, and does not run now.`;
  if (!touched) return `${old} kept running.`;
  const ms = downMs();
  if (ms !== undefined) return `${old} is running again (down for ${sayDuration(ms)}).`;
  return `${old} is running again${wasDown ? '; how long no version was running is not known' : ''}.`;
}

/** How long an engine may take to finish a call whose answer was lost. */
export const SETTLE_MS = 500;
/** How long a slow engine may take to create a container after its answer was lost. */
const LATE_CREATE_MS = 5000;

/** Rolls back, and again if a call whose answer was lost took effect meanwhile. */
export async function rollBackAndConfirm(context: RolloutContext, failure: RolloutFailure): Promise<HostVerdict> {
  const verdict = await rollBack(context, failure);
  if (verdict.verdict === 'needs_attention' || failure.phase === 'pull') return verdict;
  for (let waited = 0; failure.phase === 'create' && waited < LATE_CREATE_MS; waited += SETTLE_MS) {
    if ((await findContainers(context).catch(() => undefined))?.created) break;
    await sleep(SETTLE_MS);
  }
  await sleep(SETTLE_MS);
  const { old, created } = await findContainers(context).catch(() => ({ old: undefined, created: undefined }));
  const { now } = context.plan;
  const isOff = now?.state === 'running' && (old?.state !== 'running' || ownName(old) !== now.containerName);
  return isOff || created?.state === 'running' || created?.state === 'created' ? rollBack(context, failure) : verdict;
}

async function hasStarted(context: RolloutContext, { id }: Container): Promise<boolean> {
  const raw = await context.retryWhileAway(() => unlessGone(context.engine.inspectRaw(id)));
  return raw !== undefined && Date.parse(raw.State.StartedAt) > 0;
}

/** Gives the old version its aliases back before the new one is stopped, so that requests always find one of them. */
async function returnAliases(context: RolloutContext, old: Container, failure: RolloutFailure): Promise<void> {
  const { now, strategy } = context.plan;
  const mayStillStop = failure.oldMayStillStop === true || context.oldMayStillStop();
  if (!now || strategy !== 'start-first' || mayStillStop) return;
  await context.retryWhileAway(() => setNameAndAliases(context, old.id, now.containerName, 'with aliases'));
}

/** Stops and renames a version that ran, for inspection; removes one that never did. */
async function quarantine(context: RolloutContext, created: Container, wasStarted: boolean): Promise<void> {
  const { engine, names } = context;
  const setAside = async () => {
    if (!wasStarted) return unlessGone(engine.removeContainer(created.id));
    await stopForGood(context, created);
    return renameContainer(context, created.id, names.failed);
  };
  // Somebody may remove it while evidence is collected.
  await context
    .retryWhileAway(() => unlessGone(setAside()))
    .catch(async (error: unknown) => {
      // Evidence has been collected, and removing the container frees some disk for the old version.
      if (isDiskFull(error)) return context.retryWhileAway(() => stopAndRemove(context, created));
      // It is running: a start that was under way came first.
      if (!(error instanceof EngineError) || error.fault !== 'in_use') throw error;
      await context.retryWhileAway(() => stopForGood(context, created));
      await context.retryWhileAway(() => renameContainer(context, created.id, names.failed));
    });
}

/** Resolves to a sentence to append when old versions could not be removed, or to nothing. */
async function removeOldVersionsIfPossible(context: RolloutContext): Promise<string> {
  try {
    await removeOldVersions(context);
    return '';
  } catch (error) {
    if (isProcessEnding(error)) throw error;
    return ` Old versions were not removed: ${messageOf(error)}`;
  }
}
