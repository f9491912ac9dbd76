import { messageOf, UserError } from '../../domain/errors.ts';
import { ulid } from '../../domain/ulid.ts';
import type { DecideDeps } from '../../handlers/deciding.ts';
import type { HandOver } from '../../slack/reply/task.ts';
import type { Queue } from './queue.ts';

/** What of Slack's time is kept for confirming a task that was sent, or withdrawing one that could not be, in milliseconds. */
const RECORD_MS = 300;

/**
 * Stores a task and sends its id to the worker. What cannot be sent is withdrawn, and its person hears so. A function that
 * stands still before it has confirmed or withdrawn one leaves it to the schedule, and a worker then says that it was not
 * started. `slackWaitsMs`: how long Slack still waits; after that it has said that nothing was done.
 */
export function createHandOver(
  { store, now, log }: Pick<DecideDeps, 'store' | 'now' | 'log'>,
  queue: Queue,
  slackWaitsMs: () => number,
): HandOver {
  return async (task) => {
    const id = task.kind === 'line' ? task.request : ulid(now());
    if (slackWaitsMs() <= 0) throw late();
    await store.jobs.add({ id, task, at: now(), confirmWithinMs: slackWaitsMs });
    try {
      const withinMs = slackWaitsMs() - RECORD_MS;
      if (withinMs <= 0) throw late();
      await queue.send({ job: id }, id, withinMs);
      if (!(await store.jobs.confirm(id))) throw late();
    } catch (error) {
      log.error({ job: id, err: messageOf(error) }, 'A request could not be handed over');
      // Without an answer from the store, the job stays for the schedule, and is not started then.
      const isWithdrawn = await store.jobs.withdraw(id).catch(() => false);
      if (!isWithdrawn) return;
      if (error instanceof UserError) throw error;
      throw new UserError(
        'unreachable',
        `This was not started: handing it to the worker failed (\`${id}\`).`,
        'Try again in a minute. The log of the front function has the cause.',
      );
    }
  };
}

const late = () =>
  new UserError('timeout', 'This was not started: it was recorded too late for Slack.', 'Try again in a minute.');
