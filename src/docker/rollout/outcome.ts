import { runningVersions } from './attention.ts';
import { isVersionFault } from './blame.ts';
import { findContainers, isUnavailable, type RolloutContext, StepFailed } from './context.ts';
import { failureOf } from './failure.ts';
import { tagImage } from './image-steps.ts';
import { assertStillRuns, type HealthyVersion } from './new-version.ts';
import { rollBack, rollBackAndConfirm } from './rollback.ts';
import type { EvidenceStrength, HostVerdict } from './verdict.ts';

/** The verdict of a version that passed and still runs. Throws `StepFailed` when it does not run any more. */
export async function concludeDeployed(context: RolloutContext, version: HealthyVersion): Promise<HostVerdict> {
  const { strength } = version;
  const { tag, digest } = context.run.wanted.image;
  const { created } = await findContainers(context);
  if (!created)
    throw new StepFailed('Failed after passing its checks: someone removed the container.', FIND_OUT_WHO, {
      blame: 'person',
    });
  // Stopping the old version takes as long as it needs, and the new one was not watched meanwhile.
  await assertStillRuns(context, version);
  const passed = `${tag ?? digest.slice(0, 19)} ${PASSED_BY[strength]}`;
  const untagged = await tagImage(context, created);
  return {
    verdict: 'deployed',
    phase: context.phase(),
    why: untagged === undefined ? passed : `${passed} ${untagged}`,
    tryThis: '',
    strength,
    ms: context.elapsedMs(),
    downMs: context.downMs(),
    containerId: created.id,
  };
}

const FIND_OUT_WHO = 'Find out who removed the container, then deploy again.';
const PASSED_BY: Readonly<Record<EvidenceStrength, string>> = {
  'health check': 'is running and healthy.',
  probe: 'is running and answers its probe.',
  'only running': 'is running. There is no health check, so nothing else was checked.',
};

/** Rolls back, unless the new version serves already: then the verdict says what is left to do by hand. */
export async function concludeFailure(context: RolloutContext, error: unknown): Promise<HostVerdict> {
  const failure = failureOf(error, context);
  const { phase, why, blame } = failure;
  const servesAlready =
    phase === 'retain' || (context.plan.strategy === 'start-first' && (phase === 'stop-old' || phase === 'rename-old'));
  const found = servesAlready ? await findContainers(context).catch(() => undefined) : undefined;
  // A version that crashed after it had passed may be running again by its restart policy.
  const isDead = found && (found.created?.state !== 'running' || isVersionFault(blame));
  if (!servesAlready || isDead)
    return isUnavailable(error) ? rollBackAndConfirm(context, failure) : rollBack(context, failure);
  return {
    verdict: 'needs_attention',
    phase,
    why: `The new version is healthy and serving, but the rollout did not finish: ${why}`,
    blame,
    runs: found && runningVersions(found),
    tryThis: `On ${context.plan.host}: docker ps -a. Check the restart policy of the new container, and remove the old one.`,
    ms: context.elapsedMs(),
    downMs: context.downMs(),
    containerId: found?.created?.id,
  };
}
