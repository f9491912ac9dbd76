/** Settles as a call to Slack does, or rejects after `ms` milliseconds; Slack may still carry out the late call. */
export function inTime<T>(asked: Promise<T>, ms: number): Promise<T> {
  const late = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error(`Slack timed out after ${ms / 1000} s.`)), ms).unref(),
  );
  return Promise.race([asked, late]);
}
