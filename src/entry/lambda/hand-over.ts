import { messageOf, UserError } from '../../domain/errors.ts';
import { ulid } from '../../domain/ulid.ts';
import type { DecideDeps } from '../../handlers/deciding.ts';
import type { HandOver } from '../../slack/reply/task.ts';
import type { Queue } from './queue.ts';

/**
 * Stores a task and sends its id to the worker. What cannot be sent is withdrawn, and its person hears so; if it is not sure
 * that it was withdrawn, the schedule finds it. `isLate`: Slack has stopped waiting, and said that nothing was done.
 */
export function createHandOver(
  { store, now, log }: Pick<DecideDeps, 'store' | 'now' | 'log'>,
  queue: Queue,
  isLate: () => boolean,
): HandOver {
  return async (task) => {
    const id = task.kind === 'line' ? task.request : ulid(now());
    if (isLate()) throw late();
    await store.jobs.add({ id, task, at: now() });
    try {
      if (isLate()) throw late();
      await queue.send({ job: id }, id);
    } catch (error) {
      log.error({ job: id, err: messageOf(error) }, 'A request could not be handed over');
      // Without an answer from the store, the job stays for the schedule.
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
