import { UserError } from '../../domain/errors.ts';
import type { Refused } from '../../handlers/answer.ts';
import type { Accepted } from '../../handlers/deciding.ts';
import type { Deps } from '../../handlers/deps.ts';
import { readLine } from '../../handlers/read-line.ts';
import { refusalOf } from '../../handlers/refusal.ts';
import type { Request } from '../../handlers/request.ts';
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
export async function carryOutJob(
  { job: id, again }: { readonly job: string; readonly again?: true | undefined },
  listening: Listening,
  time: Time,
): Promise<void> {
  const { store, log, now } = listening.deps;
  if (again && (await mayBeUnderWay(id, listening.deps)))
    return log.warn(
      { job: id },
      'A change may be under way although its record says that it waits: its own message starts it',
    );
  const at = now();
  const job = await store.jobs.take(id, owner, { now: at, until: at + time.leftMs() + CUT_OFF_MS });
  if (!job) return log.info({ job: id }, 'A job is taken or over');
  const task = Task.safeParse(job.task);
  if (job.integrity !== 'signed' || !task.success) {
    log.error({ job: id, integrity: job.integrity }, 'A job cannot be trusted or read: it is not carried out');
  } else await resume(task.data, listening, (accepted) => objection(job, accepted, listening));
  if (await store.jobs.end(job))
    log.error(
      { job: id },
      'The record of a job was put back while it was carried out: a failover of the database may have lost the newer one',
    );
}

/**
 * Whether another worker may be carrying out a change whose row says that it waits: the row is older than its message where a
 * failover of the database lost what was committed last, or where somebody has put it back. A read may run twice.
 */
async function mayBeUnderWay(id: string, { store, now, ...reading }: Listening['deps']): Promise<boolean> {
  const job = await store.jobs.waiting(id);
  const task = Task.safeParse(job?.task);
  // After that it is not started in any case.
  if (!job || !task.success || now() - job.at > MOST_AGE_MS) return false;
  try {
    return task.data.kind === 'line' && readLine(task.data.said.text, reading).spec.effect === 'change';
  } catch {
    return false;
  }
}

async function objection(job: Job, accepted: Accepted, { deps }: Listening): Promise<Refused | undefined> {
  const { request, spec, fact } = accepted;
  if (spec.effect === 'change' && (await wasPutBack(job, request, deps))) {
    const detail = 'it was carried out already, and its record was put back in the database';
    const entry = { at: deps.now(), kind: 'event', hosts: request.hosts, outcome: 'refused', detail } as const;
    await deps.store.audit.append({ ...fact, ...entry, reason: 'untrusted_record' });
    deps.log.error({ job: job.id }, 'A job that was carried out is in the database again: it is not carried out');
    return refusalOf(PUT_BACK, { id: request.id, began: false }, deps);
  }
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

const PUT_BACK = new UserError(
  'untrusted_record',
  'Not run again: this was carried out already, and its record was put back in the database.',
  'Tell the people who run Fairlead: something else writes to its database.',
);

/**
 * Whether it was carried out before although its row says that nobody took it: somebody wrote an older row back, whose MAC
 * fits. The audit log remembers what the row does not.
 */
async function wasPutBack(job: Job, { id, person }: Request, { store }: Pick<Deps, 'store'>): Promise<boolean> {
  // By the clocks of two processes the outcome may seem older than the request.
  return job.attempt === 1 && (await store.audit.hasOutcome({ request: id, person, since: job.at - MOST_AGE_MS }));
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
