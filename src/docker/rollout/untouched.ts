import { createPatience, isUnavailable, type RolloutContext } from './context.ts';
import type { RolloutFailure } from './failure.ts';
import type { HostVerdict } from './verdict.ts';

/** The verdict of a host on which nothing was changed. */
export function concludeUntouched(
  context: RolloutContext,
  end: Pick<HostVerdict, 'verdict' | 'why' | 'tryThis' | 'blame' | 'isUnseen'>,
): HostVerdict {
  return { ...end, phase: context.phase(), ms: context.elapsedMs(), containerId: context.plan.now?.containerId };
}

/** Time in which an engine may come back that was lost before anything was changed, in milliseconds. */
const LOOK_AGAIN_MS = 5000;

/**
 * The verdict of a rollout whose engine was lost before anything was changed on it, and stays away: there is nothing to
 * restore. Undefined where something may have been changed, or the engine answers.
 */
export async function concludeUnreachable(
  context: RolloutContext,
  { phase, why, tryThis, blame, isAbort }: RolloutFailure,
): Promise<HostVerdict | undefined> {
  // Creating the new version is the first change, and its phase is journalled before.
  if (phase !== 'pull') return undefined;
  const forMs = Math.min(LOOK_AGAIN_MS, context.run.patienceMs ?? LOOK_AGAIN_MS);
  const look = createPatience(forMs, () => context.showProgress('waiting for the engine to respond'));
  try {
    await look(() => context.engine.listContainers({}));
    return undefined;
  } catch (error) {
    if (!isUnavailable(error)) return undefined;
    const verdict = isAbort ? 'aborted' : 'failed_kept_old';
    return concludeUntouched(context, { verdict, why: `${why} Nothing changed.`, tryThis, blame, isUnseen: true });
  }
}
