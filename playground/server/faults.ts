/** What Slack does to an app on a bad day, on demand. */
export interface Fault {
  /** A Web API method such as `chat.update`, or `respond` for a response_url. */
  readonly on: string;
  readonly error?: string;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly latencyMs?: number;
  /** How often; once when left out. */
  times?: number;
}

export interface Faults {
  next(fault: Fault): void;
  /** The fault to suffer now, if one is due. */
  take(on: string): Fault | undefined;
}

export function createFaults(): Faults {
  const due: { fault: Fault; left: number }[] = [];
  return {
    next: (fault) => void due.push({ fault, left: fault.times ?? 1 }),
    take(on) {
      const index = due.findIndex((item) => item.fault.on === on);
      const found = due[index];
      if (!found) return undefined;
      found.left -= 1;
      if (found.left === 0) due.splice(index, 1);
      return found.fault;
    },
  };
}
