import { type RolloutContext, StepFailed } from '../rollout/context.ts';
import { LABELS } from '../rollout/names.ts';
import type { Service, ServiceSpec, Task } from '../shapes/swarm.ts';
import { findService, MONITOR_MS, NANOS } from './plan.ts';

export const POLL_MS = 250;
/** States of a task that did not work. */
export const FAILED: readonly string[] = ['failed', 'rejected', 'orphaned'];

export const SEE_TASKS = 'On the host: docker service ps --no-trunc. Fix the version, then deploy again.';
export const isOurs = ({ run }: RolloutContext, { spec }: Service) => spec.Labels[LABELS.deploy] === run.deployId;
export const newTasksOf = ({ run }: RolloutContext, tasks: readonly Task[]) =>
  tasks.filter(({ labels }) => labels[LABELS.update] === run.deployId);
export const newestFailure = (tasks: readonly Task[]) =>
  tasks.filter((task) => FAILED.includes(task.state)).toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];

// Swarm's defaults.
const GRACE_NANOS = 10_000 * NANOS;
const MONITOR_NANOS = MONITOR_MS * NANOS;

/**
 * Milliseconds an update may take: Swarm also waits for old tasks to stop, between batches, and for its own monitoring.
 */
export function timeAllowedMs(
  { TaskTemplate: { ContainerSpec } }: ServiceSpec,
  pace: ServiceSpec['UpdateConfig'],
  count: number,
  healthyWithin: number,
): number {
  const batches = pace?.Parallelism === 0 ? 1 : Math.ceil(count / (pace?.Parallelism ?? 1));
  const between = (pace?.Delay ?? 0) + (ContainerSpec?.StopGracePeriod ?? GRACE_NANOS);
  const monitor = pace?.Monitor ?? MONITOR_NANOS;
  return healthyWithin * Math.max(1, count) + (between * batches + monitor) / NANOS;
}

export async function readService(context: RolloutContext): Promise<{ service: Service; tasks: Task[] }> {
  return context.retryWhileAway(async () => {
    const service = await findService(context.engine, context.plan.name);
    if (!service) throw new StepFailed('The service is gone: someone removed it.', 'On the host: docker service ls');
    const tasks = await context.engine.listTasks({ filters: { service: [context.plan.name] } });
    return { service, tasks };
  });
}
