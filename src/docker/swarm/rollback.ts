import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../client/engine-error.ts';
import { blameFor } from '../rollout/blame.ts';
import { Aborted, type RolloutContext } from '../rollout/context.ts';
import { collectEvidence } from '../rollout/evidence.ts';
import type { Phase } from '../rollout/types.ts';
import type { Blame, Evidence, HostVerdict } from '../rollout/verdict.ts';
import type { Service, Task } from '../shapes/swarm.ts';
import { tasksWanted } from './served.ts';
import { newestFailure, newTasksOf, POLL_MS, readService, SEE_TASKS, timeAllowedMs } from './tasks.ts';

const TRIES = 10;

/** The verdict when the service has its old specification: Swarm rolled back, or the update never reached it. */
export async function concludeReturned(
  context: RolloutContext,
  { update }: Service,
  tasks: readonly Task[],
  from: Phase,
): Promise<HostVerdict> {
  const newTasks = newTasksOf(context, tasks);
  const went = update.state.startsWith('rollback') || from === 'watch' || newTasks.length > 0;
  if (!went)
    return {
      verdict: 'failed_kept_old',
      phase: from,
      why: 'Swarm did not receive the update.',
      tryThis: 'Deploy again.',
      blame: 'engine',
      ms: context.elapsedMs(),
    };
  const evidence = await evidenceOf(context, newTasks);
  const settled = await waitForRollback(context);
  const failed = newestFailure(newTasks);
  const why = `A task of the new version failed (${failed?.error || update.message}).`;
  const blame = blameOfTask(failed);
  if (settled !== 'rollback_paused')
    return {
      verdict: 'rolled_back',
      phase: 'watch',
      why: `${why} Swarm rolled back to the old version.`,
      tryThis: SEE_TASKS,
      blame,
      evidence,
      ms: context.elapsedMs(),
    };
  return {
    verdict: 'needs_attention',
    phase: 'watch',
    why: `${why} Swarm paused the rollback.`,
    tryThis: SEE_TASKS,
    blame,
    evidence,
    ms: context.elapsedMs(),
  };
}

/** Waits for the end of a rollback that Swarm carries out. */
async function waitForRollback(context: RolloutContext): Promise<string> {
  const { healthyWithin } = context.run.wanted.rollout;
  const started = performance.now();
  for (;;) {
    const { service, tasks } = await readService(context);
    const { spec } = service;
    const until = started + timeAllowedMs(spec, spec.RollbackConfig, tasksWanted(spec, tasks), healthyWithin);
    // Right after the request there is no state yet.
    const isOver = !['', 'updating', 'rollback_started'].includes(service.update.state);
    if (isOver || performance.now() > until) return service.update.state;
    await sleep(POLL_MS);
  }
}

export async function undoUpdate(context: RolloutContext, error: Error): Promise<HostVerdict> {
  await context.requiredStep('roll-back', 'telling Swarm to roll back');
  const { tasks } = await readService(context);
  const newTasks = newTasksOf(context, tasks);
  const evidence = await evidenceOf(context, newTasks);
  const isAbort = error instanceof Aborted;
  const blame = isAbort ? blameFor(error, 'watch', context.run.signal) : blameOfTask(newestFailure(newTasks));
  await requestRollback(context);
  const settled = await waitForRollback(context);
  const isBack = settled === 'rollback_completed' || settled === 'completed';
  const verdict = !isBack ? 'needs_attention' : isAbort ? 'aborted' : 'rolled_back';
  const end = isBack
    ? 'Swarm rolled back to the old version.'
    : `Swarm has not finished the rollback (${settled || 'no status reported'}).`;
  return {
    verdict,
    phase: 'watch',
    why: `${error.message} ${end}`,
    tryThis: SEE_TASKS,
    blame,
    evidence,
    ms: context.elapsedMs(),
  };
}

/**
 * Requests a rollback. Swarm increments a service's version while it updates and refuses an outdated one, so this
 * retries.
 */
async function requestRollback(context: RolloutContext): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { service } = await readService(context);
    const { id, version, spec } = service;
    try {
      return await context.engine.updateService(id, { version, spec, rollback: true, auth: context.run.auth });
    } catch (error) {
      const isLate = error instanceof EngineError && /out of sequence/iu.test(error.engineSaid);
      if (!isLate || tries === TRIES) throw error;
    }
  }
}

/** Swarm reports a task that never ran as rejected. */
const blameOfTask = (task: Task | undefined): Blame =>
  task?.state === 'rejected' ? 'not_started' : task?.state === 'failed' ? 'crashed' : 'unhealthy';

export async function concludePaused(
  context: RolloutContext,
  message: string,
  newTasks: readonly Task[],
): Promise<HostVerdict> {
  const why = `Swarm paused the update: ${message || newestFailure(newTasks)?.error || 'no reason given'}.`;
  return {
    verdict: 'needs_attention',
    phase: 'watch',
    why,
    tryThis: SEE_TASKS,
    blame: blameOfTask(newestFailure(newTasks)),
    evidence: await evidenceOf(context, newTasks),
    ms: context.elapsedMs(),
  };
}

const evidenceOn = (context: RolloutContext, id: string) => collectEvidence(context, { id }).catch(() => undefined);

/** Evidence of the last failed task; its log only if its container is on this node. */
async function evidenceOf(context: RolloutContext, newTasks: readonly Task[]): Promise<Evidence | undefined> {
  const task = newestFailure(newTasks);
  if (!task) return undefined;
  const seen = task.containerId ? await evidenceOn(context, task.containerId) : undefined;
  const said = context.run.redact(task.error, []);
  if (seen) return { ...seen, error: seen.error || said };
  const unseen = { outOfMemory: false, restartCount: 0, healthLog: [], lastLines: [] };
  return { state: task.state, exitCode: task.exitCode, error: said, strength: 'only running', ...unseen };
}
