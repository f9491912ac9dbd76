import { type RolloutContext, StepFailed } from './context.ts';
import { neighbourConflicts } from './neighbours.ts';
import type { PreparedPlan } from './plan.ts';
import { type HostContainers, inspectNewContainers } from './survey.ts';

/**
 * Looks at the neighbours again right before the old version is touched: pulling the image may have taken minutes, in which
 * another container may have joined the old version's namespaces. Notes the run of the old version. Throws `StepFailed` when a neighbour would be cut off.
 */
export async function assertNeighboursUnaffected(context: RolloutContext, prepared: PreparedPlan): Promise<void> {
  const { engine, run } = context;
  const now = await context.retryWhileAway(() => inspectNewContainers(engine, prepared.survey, run.signal));
  context.setOldRun(now.live?.raw.State.StartedAt);
  assertNoConflicts(now, prepared);
}

export function assertNoConflicts(containers: HostContainers, { draft }: Pick<PreparedPlan, 'draft'>): void {
  const conflicts = neighbourConflicts(containers, draft);
  if (conflicts.length > 0) throw new StepFailed(conflicts.join(' '), 'Then deploy again.');
}
