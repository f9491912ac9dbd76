import { setTimeout as sleep } from 'node:timers/promises';
import { sayDuration } from '../../domain/duration.ts';
import { Aborted, isUnavailable, type RolloutContext, StepFailed } from '../rollout/context.ts';
import type { Phase } from '../rollout/types.ts';
import type { EvidenceStrength, HostVerdict } from '../rollout/verdict.ts';
import { hasHealthcheck, labelUpdate, type PreparedSwarmPlan } from './plan.ts';
import { concludePaused, concludeReturned, undoUpdate } from './rollback.ts';
import { tasksWanted } from './served.ts';
import { FAILED, isOurs, newestFailure, newTasksOf, POLL_MS, readService, SEE_TASKS, timeAllowedMs } from './tasks.ts';

/** Updates a Swarm service with a rollback policy of Fairlead's, and watches it longer than Swarm does. */
export async function updateSwarm(context: RolloutContext, { service, next }: PreparedSwarmPlan): Promise<HostVerdict> {
  const { engine, run } = context;
  await context.step('update', 'sending the new version to Swarm', { version: service.version });
  try {
    const spec = labelUpdate(next, run.deployId, run.by);
    await engine.updateService(service.id, { version: service.version, spec, auth: run.auth });
  } catch (error) {
    if (isUnavailable(error)) return watchSwarm(context, service.update.startedAt, 'update');
    throw error;
  }
  return watchSwarm(context, service.update.startedAt, 'update');
}

/**
 * Watches the update until it succeeds or fails. Swarm carries it out with or without Fairlead, so after a crash it is
 * watched again.
 */
export async function watchSwarm(context: RolloutContext, before: string, from: Phase): Promise<HostVerdict> {
  await context.requiredStep('watch', 'watching Swarm replace the tasks');
  const { rollout } = context.run.wanted;
  const started = performance.now();
  let said = '';
  let completedAt: number | undefined;
  for (;;) {
    const { service, tasks } = await readService(context);
    if (!isOurs(context, service)) return concludeReturned(context, service, tasks, from);
    if (context.run.signal.aborted) return undoUpdate(context, new Aborted(context.run.signal));
    const { state, startedAt, message } = service.update;
    const newTasks = newTasksOf(context, tasks);
    const running = newTasks.filter((task) => task.state === 'running' && task.desired === 'running').length;
    const count = tasksWanted(service.spec, tasks);
    // Without running tasks Swarm starts new ones and reports no update.
    const isOver = state === '' || (state === 'completed' && startedAt !== before);
    const isDone = isOver && running >= count;
    if (state === 'paused' || state === 'rollback_paused') return concludePaused(context, message, newTasks);
    if (isDone) completedAt ??= performance.now();
    // Swarm reports an update as complete that crashes a moment later, and would restart the task forever.
    const crashed = completedAt !== undefined && newTasks.some((task) => FAILED.includes(task.state));
    if (crashed)
      return undoUpdate(
        context,
        new StepFailed(
          `A task failed after Swarm reported the update as complete: ${newestFailure(newTasks)?.error}.`,
          SEE_TASKS,
        ),
      );
    const strength: EvidenceStrength = hasHealthcheck(service.spec) ? 'health check' : 'only running';
    const stable = rollout.stableFor * (strength === 'only running' ? 2 : 1);
    if (isDone && completedAt !== undefined && performance.now() - completedAt >= stable)
      return {
        verdict: 'deployed',
        phase: 'watch',
        why:
          count > 0
            ? `${count === 1 ? 'The task runs' : `All ${count} tasks run`} the new version (watched for ${sayDuration(stable)}).`
            : 'Swarm has the new version. The service has no tasks, so nothing was checked.',
        tryThis: '',
        strength,
        ms: context.elapsedMs(),
      };
    if (
      completedAt === undefined &&
      performance.now() - started > timeAllowedMs(service.spec, service.spec.UpdateConfig, count, rollout.healthyWithin)
    )
      return undoUpdate(
        context,
        new StepFailed(
          `Only ${running} of ${count} tasks run the new version: ${newestFailure(newTasks)?.error || 'no reason given by Swarm'}.`,
          SEE_TASKS,
        ),
      );
    const words = `${running} of ${count} tasks run the new version`;
    if (words !== said) context.showProgress(words, count > 0 ? running / count : undefined);
    said = words;
    await sleep(POLL_MS);
  }
}
