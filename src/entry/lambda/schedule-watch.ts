import { functionOf, isFunction } from '../../domain/function-name.ts';
import type { DecideDeps } from '../../handlers/deciding.ts';

/** How often it is looked at, at most, and how long ago the last call may be, in milliseconds. */
const EVERY_MS = 5 * 60_000;

/**
 * Looks whether something carries on what is due, and says in the log when it does not: the schedule was not called, and no
 * process with a worker has the database. What is returned is called with each event, beside its own work: nobody waits for
 * it. A cold start does not look.
 */
export function watchSchedule({ store, now, log }: Pick<DecideDeps, 'store' | 'now' | 'log'>): () => void {
  let lookAt = Number.POSITIVE_INFINITY;
  const look = async () => {
    const known = await store.replicas.list();
    const carrying = known.filter(
      ({ id, role }) => id === functionOf('schedule') || (!isFunction(id) && role !== 'receiver'),
    );
    const agoMs = now() - Math.max(...carrying.map(({ seenAt }) => seenAt));
    if (agoMs <= EVERY_MS) return;
    log.error(
      { ...(Number.isFinite(agoMs) ? { agoMs } : {}) },
      'The schedule function is not called: reminders, expiries and interrupted deployments wait',
    );
  };
  return () => {
    const at = performance.now();
    if (lookAt > at) {
      if (lookAt === Number.POSITIVE_INFINITY) lookAt = at;
      return;
    }
    lookAt = at + EVERY_MS;
    // A database that does not answer is said by what needs its answer.
    look().catch(() => {});
  };
}
