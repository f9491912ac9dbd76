import { UserError } from '../../domain/errors.ts';
import type { Refused } from '../../handlers/answer.ts';
import type { Accepted } from '../../handlers/deciding.ts';
import { refusalOf } from '../../handlers/refusal.ts';
import type { Listening } from '../../slack/listeners/listening.ts';
import { resume } from '../../slack/listeners/resume.ts';
import { Task } from '../../slack/reply/task.ts';
import type { Job } from '../../store/jobs.ts';
import { ownerName } from '../../worker/deployments/owner.ts';
import type { Time } from './time.ts';

/** A request that nobody has carried out by then is not what its person expects any more, in milliseconds. */
const MOST_AGE_MS = 10 * 60_000;
/** How often a read is tried again after a worker was cut off. */
const MOST_ATTEMPTS = 3;
/** After the end of its time a worker is surely cut off. */
const CUT_OFF_MS = 5000;

const owner = ownerName();

/** Carries out one job, if no other process has. A job is taken once; after a worker was cut off, only a read is tried again. */
export async function carryOutJob(id: string, listening: Listening, time: Time): Promise<void> {
  const { store, log, now } = listening.deps;
  const at = now();
  const job = await store.jobs.take(id, owner, { now: at, until: at + time.leftMs() + CUT_OFF_MS });
  if (!job) return log.info({ job: id }, 'A job is taken or over');
  const task = Task.safeParse(job.task);
  if (job.integrity !== 'signed' || !task.success) {
    log.error({ job: id, integrity: job.integrity }, 'A job cannot be trusted or read: it is not carried out');
  } else await resume(task.data, listening, (accepted) => objection(job, accepted, listening));
  await store.jobs.end(job);
}

async function objection(job: Job, accepted: Accepted, { deps }: Listening): Promise<Refused | undefined> {
  const { request, spec, fact } = accepted;
  const wasCutOff = job.attempt > 1;
  const isTooOld = deps.now() - job.at > MOST_AGE_MS;
  const isOver = wasCutOff && (spec.effect === 'change' || job.attempt > MOST_ATTEMPTS);
  if (!job.isLate && !isTooOld && !isOver) return undefined;
  const { detail, error } = explain(job);
  await deps.store.audit.append({
    ...fact,
    at: deps.now(),
    kind: 'outcome',
    hosts: request.hosts,
    outcome: 'failed',
    reason: 'internal',
    detail,
  });
  return refusalOf(error, { id: request.id, began: wasCutOff && !job.isLate }, deps);
}

/** For the audit log, and for its person. */
function explain({ isLate, attempt }: Job): { readonly detail: string; readonly error: UserError } {
  if (isLate)
    return {
      detail: 'Slack had stopped waiting before it was handed over',
      error: new UserError(
        'timeout',
        'This was not started: it was not handed to the worker while Slack waited.',
        'Try it again.',
      ),
    };
  if (attempt > 1)
    return {
      detail: 'the worker was cut off; it may have been done in part',
      error: new UserError(
        'stopped',
        'This was interrupted: the worker function was cut off. It may have been done in part.',
        'Look at what runs now before you try it again.',
      ),
    };
  return {
    detail: 'no worker took it in time',
    error: new UserError('timeout', 'This was not started: no worker took it within 10 minutes.', 'Try it again.'),
  };
}
