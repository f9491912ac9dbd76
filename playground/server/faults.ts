/** What Slack does to an app on a bad day, on demand. */
export interface Fault {
  /** A Web API method, `respond` for a response_url, `ws` for the next envelope, `click` for the next click. */
  readonly method: string;
  /** The error Slack names; for `ws` the reason of a `disconnect` frame. */
  readonly error?: string;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly latencyMs?: number;
  /** Cuts the connection: before the work is done, or when it is done and only the answer is lost. */
  readonly drop?: boolean | 'answer';
  /** For `click`: how often it arrives; twice when left out. */
  readonly copies?: number;
  /** How often; once when left out. */
  readonly times?: number;
}

export interface Faults {
  next(fault: Fault): void;
  /** The fault to suffer now, if one is due. */
  take(method: string): Fault | undefined;
}

export function createFaults(): Faults {
  const due: { fault: Fault; left: number }[] = [];
  return {
    next: (fault) => void due.push({ fault, left: fault.times ?? 1 }),
    take(method) {
      const index = due.findIndex((item) => item.fault.method === method);
      const found = due[index];
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) due.splice(index, 1);
      return found.fault;
    },
  };
}
