const MOST_REMEMBERED = 1000;

/**
 * Tells deliveries that this process has not seen from repeated ones, by the id Slack gives each: a proxy may send a request
 * again, and Slack an event. What has no id counts as new.
 */
export function createFirstTimes(): (id: string | undefined) => boolean {
  const seen = new Set<string>();
  return (id) => {
    if (id === undefined) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    if (seen.size > MOST_REMEMBERED) seen.delete(seen.values().next().value as string);
    return true;
  };
}
