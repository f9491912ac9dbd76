import type { Container } from '../client/types.ts';
import { manualRecoverySteps } from './aliases.ts';
import { findContainers, findReplacement, type RolloutContainers, type RolloutContext } from './context.ts';
import type { RolloutFailure } from './failure.ts';
import { ownName } from './names.ts';
import type { Evidence, HostVerdict, RunningVersions } from './verdict.ts';

/** A verdict that asks for a person: says first which version is running, then the commands that restore the old one. */
export async function needsAttention(
  context: RolloutContext,
  { phase, tryThis: _, blame }: RolloutFailure,
  why: string,
  { evidence, advice = '' }: { readonly evidence?: Evidence | undefined; readonly advice?: string } = {},
): Promise<HostVerdict> {
  const found = await findContainers(context).catch(() => undefined);
  return {
    phase,
    blame,
    verdict: 'needs_attention',
    why: `${why}${found ? describeRunning(found) : ''}`,
    runs: found && runningVersions(found),
    tryThis: `${advice}On ${context.plan.host}: docker ps -a${restoring(context, found)}`,
    evidence,
    ms: context.elapsedMs(),
    downMs: context.downMs(),
  };
}

/** What follows `docker ps -a`: the commands that restore the old version as things are on the host, where there are any. */
function restoring(context: RolloutContext, found: RolloutContainers | undefined): string {
  const steps = found && !found.old ? '' : manualRecoverySteps(context, found);
  if (steps === '') return '.';
  const other = found && findReplacement(context, found);
  // Whether it is to make room is known to the person who put it there alone.
  return other
    ? `. The name ${ownName(other)} belongs to another container now (${other.id.slice(0, 12)}). To restore the old version in its place, stop and rename that one first; then: \`${steps}\``
    : `. To restore the old version: \`${steps}\``;
}

function describeRunning({ old, created }: RolloutContainers): string {
  const [oldAs, newAs] = [runningName(old), runningName(created)];
  if (oldAs && newAs) return ` Both versions are running: the old one as ${oldAs}, the new one as ${newAs}.`;
  if (oldAs) return ` The old version is running as ${oldAs}.`;
  return newAs ? ` The new version is running as ${newAs}.` : ' No version is running.';
}

const runningName = (one: Container | undefined) => (one?.state === 'running' ? ownName(one) : undefined);

export function runningVersions({ old, created }: RolloutContainers): RunningVersions {
  const [oldRuns, newRuns] = [old?.state === 'running', created?.state === 'running'];
  return oldRuns ? (newRuns ? 'both' : 'old') : newRuns ? 'new' : 'neither';
}
