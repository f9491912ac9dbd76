import { setTimeout as sleep } from 'node:timers/promises';
import { sayDuration } from '../../domain/duration.ts';
import { EngineError } from '../client/engine-error.ts';
import { blameFor } from '../rollout/blame.ts';
import { Aborted, isUnavailable, type RolloutContext, StepFailed } from '../rollout/context.ts';
import { collectEvidence } from '../rollout/evidence.ts';
import { LABELS } from '../rollout/names.ts';
import type { Blame, Evidence, EvidenceStrength, HostVerdict, Phase } from '../rollout/types.ts';
import type { Service, ServiceSpec, Task } from '../shapes/swarm.ts';
import { findService, hasHealthcheck, labelUpdate, MONITOR_MS, NANOS, type PreparedSwarmPlan } from './plan.ts';
import { tasksWanted } from './served.ts';

const POLL_MS = 250;
const TRIES = 10;
const FAILED: readonly string[] = ['failed', 'rejected', 'orphaned'];

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

const SEE_TASKS = 'On the host: docker service ps --no-trunc. Fix the version, then deploy again.';
const isOurs = ({ run }: RolloutContext, { spec }: Service) => spec.Labels[LABELS.deploy] === run.deployId;
const newTasksOf = ({ run }: RolloutContext, tasks: readonly Task[]) =>
  tasks.filter(({ labels }) => labels[LABELS.update] === run.deployId);
const newestFailure = (tasks: readonly Task[]) =>
  tasks.filter((task) => FAILED.includes(task.state)).toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];

// Swarm's defaults.
const GRACE_NANOS = 10_000 * NANOS;
const MONITOR_NANOS = MONITOR_MS * NANOS;

/**
 * Milliseconds an update may take: Swarm also waits for old tasks to stop, between batches, and for its own monitoring.
 */
function timeAllowedMs(
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

async function readService(context: RolloutContext): Promise<{ service: Service; tasks: Task[] }> {
  return context.retryWhileAway(async () => {
    const service = await findService(context.engine, context.plan.name);
    if (!service) throw new StepFailed('The service is gone: someone removed it.', 'On the host: docker service ls');
    const tasks = await context.engine.listTasks({ filters: { service: [context.plan.name] } });
    return { service, tasks };
  });
}

/** The verdict when the service has its old specification: Swarm rolled back, or the update never reached it. */
async function concludeReturned(
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

async function undoUpdate(context: RolloutContext, error: Error): Promise<HostVerdict> {
  await context.requiredStep('roll-back', 'telling Swarm to roll back');
  const { tasks } = await readService(context);
  const newTasks = newTasksOf(context, tasks);
  const evidence = await evidenceOf(context, newTasks);
  const isAbort = error instanceof Aborted;
  const blame = isAbort ? blameFor(error, 'watch', context.run.signal) : blameOfTask(newestFailure(newTasks));
  await rollBack(context);
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
async function rollBack(context: RolloutContext): Promise<void> {
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

async function concludePaused(
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

/** Evidence of the last failed task; its log only if its container is on this node. */
async function evidenceOf(context: RolloutContext, newTasks: readonly Task[]): Promise<Evidence | undefined> {
  const task = newestFailure(newTasks);
  if (!task) return undefined;
  const seen = task.containerId ? await collectEvidence(context, task.containerId).catch(() => undefined) : undefined;
  const said = context.run.redact(task.error, []);
  if (seen) return { ...seen, error: seen.error || said };
  const unseen = { outOfMemory: false, restartCount: 0, healthLog: [], lastLines: [] };
  return { state: task.state, exitCode: task.exitCode, error: said, strength: 'only running', ...unseen };
}
