import type { Deps } from '../../handlers/deps.ts';

const MOST_REMEMBERED = 1000;
/** The place of what Slack names by an id alone; no channel is called so. */
const BY_ID = 'id';

/**
 * Tells first deliveries from repeated ones, by the id Slack gives each: a proxy may send a request again, and Slack an event.
 * Replicas ask their store, since another of them may have it; a process with a database of its own remembers. What has no
 * id counts as new, and so does what the store cannot be asked about: the audit log then refuses it, and says so.
 */
export function createFirstTimes({
  store,
  log,
  now,
}: Pick<Deps, 'store' | 'log' | 'now'>): (id: string | undefined) => Promise<boolean> {
  const seen = new Set<string>();
  return async (id) => {
    if (id === undefined) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    if (seen.size > MOST_REMEMBERED) seen.delete(seen.values().next().value as string);
    if (!store.isShared) return true;
    return store.deliveries.isFirst({ channel: BY_ID, ts: id, at: now() }).catch((error: unknown) => {
      log.error({ err: error }, 'A delivery could not be recorded');
      return true;
    });
  };
}
