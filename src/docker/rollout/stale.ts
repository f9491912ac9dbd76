import type { HostPlan } from './types.ts';

/**
 * Compares two looks at a host: the one somebody approved and a later one. Returns a sentence for each thing that moved, and
 * nothing when the approved plan still holds. Everything a plan promises is judged here and only here: which container runs,
 * its settings, its state, what would make the rollout fail, what is asked for, and how it is rolled out.
 */
export function staleReasons(before: HostPlan, after: HostPlan): string[] {
  const [was, is] = [before.now, after.now];
  if (was && !is) return [`${was.containerName} is gone.`];
  if (!was && is) return [`${is.containerName} was made meanwhile.`];
  const moved = [...after.conflicts];
  if (was && is) {
    if (was.containerId !== is.containerId) moved.push(`${is.containerName} is another container than before.`);
    else if (was.configHash !== is.configHash) moved.push(`${is.containerName} was changed by hand.`);
    if (activity(was.state) !== activity(is.state))
      moved.push(`${is.containerName} was ${was.state}, and is ${is.state} now.`);
  }
  if (moved.length === 0 && (before.next.digest !== after.next.digest || before.next.bodyHash !== after.next.bodyHash))
    moved.push('The settings of the new container are others than those approved.');
  if (moved.length === 0 && before.strategy !== after.strategy)
    moved.push(`It would now be ${after.strategy}, not ${before.strategy}.`);
  return moved;
}

/**
 * What an engine is to do with a container, rather than the moment it is in: one that crashes again and again is
 * `running` and `restarting` by turns, and nobody did anything.
 */
const activity = (state: string) => (state === 'restarting' ? 'running' : state);
