import { setTimeout as sleep } from 'node:timers/promises';
import { sayDuration } from '../../domain/duration.ts';
import { EngineError } from '../client/engine-error.ts';
import { blameFor } from '../rollout/blame.ts';
import { Aborted, isAway, type Site, StepFailed } from '../rollout/context.ts';
import { collect } from '../rollout/evidence.ts';
import { LABELS } from '../rollout/names.ts';
import type { Blame, Evidence, EvidenceStrength, HostVerdict, Phase } from '../rollout/types.ts';
import type { Service, ServiceSpec, Task } from '../shapes/swarm.ts';
import { findService, hasCheck, MONITOR_MS, NANOS, type SwarmStudy, signedBy } from './plan.ts';
import { tasksWanted } from './served.ts';

const POLL_MS = 250;
const TRIES = 10;
const FAILED: readonly string[] = ['failed', 'rejected', 'orphaned'];

/** Swarm's own update, with a way back of our choosing, and watched for longer than Swarm does. */
export async function updateSwarm(site: Site, { service, next }: SwarmStudy): Promise<HostVerdict> {
  const { engine, run } = site;
  await site.step('update', 'handing the new version to Swarm', { version: service.version });
  try {
    const spec = signedBy(next, run.deployId, run.by);
    await engine.updateService(service.id, { version: service.version, spec, auth: run.auth });
  } catch (error) {
    if (isAway(error)) return watchSwarm(site, service.update.startedAt, 'update');
    throw error;
  }
  return watchSwarm(site, service.update.startedAt, 'update');
}

/** From here Swarm does it, with or without us: after a crash it is simply watched again. */
export async function watchSwarm(site: Site, before: string, from: Phase): Promise<HostVerdict> {
  await site.certainly('watch', 'Swarm replaces the tasks');
  const { rollout } = site.run.wanted;
  const started = performance.now();
  let said = '';
  let completedAt: number | undefined;
  for (;;) {
    const { service, tasks } = await look(site);
    if (!isOurs(site, service)) return returned(site, service, tasks, from);
    if (site.run.signal.aborted) return undo(site, new Aborted(site.run.signal));
    const { state, startedAt, message } = service.update;
    const fresh = freshOf(site, tasks);
    const running = fresh.filter((task) => task.state === 'running' && task.desired === 'running').length;
    const count = tasksWanted(service.spec, tasks);
    // Where no task ran any more there is nothing to update: Swarm starts new ones and never speaks of an update.
    const isOver = state === '' || (state === 'completed' && startedAt !== before);
    const isDone = isOver && running >= count;
    if (state === 'paused' || state === 'rollback_paused') return stuck(site, message, fresh);
    if (isDone) completedAt ??= performance.now();
    // Swarm calls an update complete that crashes a moment later, and would start it over and over.
    const crashed = completedAt !== undefined && fresh.some((task) => FAILED.includes(task.state));
    if (crashed)
      return undo(
        site,
        new StepFailed(`A task failed after Swarm had called the update complete: ${newest(fresh)?.error}.`, LOOK),
      );
    const strength: EvidenceStrength = hasCheck(service.spec) ? 'health check' : 'only running';
    const stable = rollout.stableFor * (strength === 'only running' ? 2 : 1);
    if (isDone && completedAt !== undefined && performance.now() - completedAt >= stable)
      return {
        verdict: 'deployed',
        phase: 'watch',
        why:
          count > 0
            ? `${count === 1 ? 'Its one task runs' : `All ${count} tasks run`} the new version, and did so for ${sayDuration(stable)}.`
            : 'Swarm has the new version, but the service has no tasks now, so none was seen to run.',
        tryThis: '',
        strength,
        ms: site.elapsed(),
      };
    if (
      completedAt === undefined &&
      performance.now() - started > timeFor(service.spec, service.spec.UpdateConfig, count, rollout.healthyWithin)
    )
      return undo(
        site,
        new StepFailed(
          `Only ${running} of ${count} tasks run the new version: ${newest(fresh)?.error || 'Swarm does not say why'}.`,
          LOOK,
        ),
      );
    const words = `${running} of ${count} tasks run the new version`;
    if (words !== said) site.say(words, count > 0 ? running / count : undefined);
    said = words;
    await sleep(POLL_MS);
  }
}

const LOOK = 'docker service ps --no-trunc says more; fix it, then deploy a new version.';
const isOurs = ({ run }: Site, { spec }: Service) => spec.Labels[LABELS.deploy] === run.deployId;
const freshOf = ({ run }: Site, tasks: readonly Task[]) =>
  tasks.filter(({ labels }) => labels[LABELS.update] === run.deployId);
const newest = (tasks: readonly Task[]) =>
  tasks.filter((task) => FAILED.includes(task.state)).toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))[0];

// What Swarm takes where a specification says nothing.
const GRACE_NANOS = 10_000 * NANOS;
const MONITOR_NANOS = MONITOR_MS * NANOS;

/** Swarm takes its own time besides: for old tasks to end, between batches, and to see whether the last ones stay. */
function timeFor(
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

async function look(site: Site): Promise<{ service: Service; tasks: Task[] }> {
  return site.insist(async () => {
    const service = await findService(site.engine, site.plan.name);
    if (!service) throw new StepFailed('The service is gone: somebody removed it.', 'docker service ls');
    const tasks = await site.engine.listTasks({ filters: { service: [site.plan.name] } });
    return { service, tasks };
  });
}

/** The service is as it was: Swarm went back, or the update was never made. */
async function returned(site: Site, { update }: Service, tasks: readonly Task[], from: Phase): Promise<HostVerdict> {
  const fresh = freshOf(site, tasks);
  const went = update.state.startsWith('rollback') || from === 'watch' || fresh.length > 0;
  if (!went)
    return {
      verdict: 'failed_kept_old',
      phase: from,
      why: 'The update never reached Swarm.',
      tryThis: 'Deploy again.',
      blame: 'engine',
      ms: site.elapsed(),
    };
  const evidence = await evidenceOf(site, fresh);
  const settled = await settle(site);
  const failed = newest(fresh);
  const why = `A task of the new version failed (${failed?.error || update.message}).`;
  const blame = ownFault(failed);
  if (settled !== 'rollback_paused')
    return {
      verdict: 'rolled_back',
      phase: 'watch',
      why: `${why} Swarm went back to the old version.`,
      tryThis: LOOK,
      blame,
      evidence,
      ms: site.elapsed(),
    };
  return {
    verdict: 'needs_attention',
    phase: 'watch',
    why: `${why} Going back was paused by Swarm.`,
    tryThis: LOOK,
    blame,
    evidence,
    ms: site.elapsed(),
  };
}

/** Waits for the end of a way back that Swarm is on. */
async function settle(site: Site): Promise<string> {
  const { healthyWithin } = site.run.wanted.rollout;
  const started = performance.now();
  for (;;) {
    const { service, tasks } = await look(site);
    const { spec } = service;
    const until = started + timeFor(spec, spec.RollbackConfig, tasksWanted(spec, tasks), healthyWithin);
    // Just after it was told, there is no state at all yet.
    const isOver = !['', 'updating', 'rollback_started'].includes(service.update.state);
    if (isOver || performance.now() > until) return service.update.state;
    await sleep(POLL_MS);
  }
}

async function undo(site: Site, error: Error): Promise<HostVerdict> {
  await site.certainly('roll-back', 'telling Swarm to go back');
  const { tasks } = await look(site);
  const fresh = freshOf(site, tasks);
  const evidence = await evidenceOf(site, fresh);
  const isAbort = error instanceof Aborted;
  const blame = isAbort ? blameFor(error, 'watch', site.run.signal) : ownFault(newest(fresh));
  await rollBack(site);
  const settled = await settle(site);
  const isBack = settled === 'rollback_completed' || settled === 'completed';
  const verdict = !isBack ? 'needs_attention' : isAbort ? 'aborted' : 'rolled_back';
  const end = isBack
    ? 'Swarm went back to the old version.'
    : `Swarm is not back yet (${settled || 'no word from it'}).`;
  return {
    verdict,
    phase: 'watch',
    why: `${error.message} ${end}`,
    tryThis: LOOK,
    blame,
    evidence,
    ms: site.elapsed(),
  };
}

/** Swarm counts a service's version on by itself while it updates, and refuses what is not the latest. */
async function rollBack(site: Site): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { service } = await look(site);
    const { id, version, spec } = service;
    try {
      return await site.engine.updateService(id, { version, spec, rollback: true, auth: site.run.auth });
    } catch (error) {
      const isLate = error instanceof EngineError && /out of sequence/iu.test(error.engineSaid);
      if (!isLate || tries === TRIES) throw error;
    }
  }
}

/** Swarm says of a task that never ran that it was rejected. */
const ownFault = (task: Task | undefined): Blame =>
  task?.state === 'rejected' ? 'not_started' : task?.state === 'failed' ? 'crashed' : 'unhealthy';

async function stuck(site: Site, message: string, fresh: readonly Task[]): Promise<HostVerdict> {
  const why = `Swarm paused the update: ${message || newest(fresh)?.error || 'it does not say why'}.`;
  return {
    verdict: 'needs_attention',
    phase: 'watch',
    why,
    tryThis: LOOK,
    blame: ownFault(newest(fresh)),
    evidence: await evidenceOf(site, fresh),
    ms: site.elapsed(),
  };
}

/** Of the task that failed last; its log only where the container is on this very node. */
async function evidenceOf(site: Site, fresh: readonly Task[]): Promise<Evidence | undefined> {
  const task = newest(fresh);
  if (!task) return undefined;
  const seen = task.containerId ? await collect(site, task.containerId).catch(() => undefined) : undefined;
  const said = site.run.redact(task.error, []);
  if (seen) return { ...seen, error: seen.error || said };
  const unseen = { outOfMemory: false, restartCount: 0, healthLog: [], lastLines: [] };
  return { state: task.state, exitCode: task.exitCode, error: said, strength: 'only running', ...unseen };
}
