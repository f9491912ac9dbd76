const SECONDS = /^\d{1,12}$/u;
/** A number of `X-Retry-After` above this is a Unix time, not a duration: Docker Hub sends one. */
const UNIX_TIME = 1_000_000_000;

/**
 * Milliseconds until a server wants to be asked again: `Retry-After` in seconds or as a date, or Docker Hub's
 * `X-Retry-After`. Dates are compared with the server's own clock; without one, undefined.
 */
export function retryAfterMs(headers: { get(name: string): string | null }): number | undefined {
  const said = (headers.get('retry-after') ?? headers.get('x-retry-after') ?? '').trim();
  if (said === '') return undefined;
  const seconds = SECONDS.test(said) ? Number(said) : undefined;
  if (seconds !== undefined && seconds < UNIX_TIME) return seconds * 1000;
  const at = seconds === undefined ? Date.parse(said) : seconds * 1000;
  const now = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(at) || Number.isNaN(now) ? undefined : Math.max(0, at - now);
}
