/** What Slack does to an app on a bad day, on demand. */
export interface Fault {
  /** A Web API method, `respond` for a response_url, `ws` for the next envelope, `click` for the next click, `*` for any call. */
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
  /** Every time from now on, until what it returns is called: Slack is away for a while. */
  during(fault: Fault): () => void;
  /** The fault to suffer now, if one is due. */
  take(method: string): Fault | undefined;
}

/** What comes over the socket rather than being asked of Slack. */
const OF_THE_SOCKET: readonly string[] = ['ws', 'click'];

export function createFaults(): Faults {
  const due: { fault: Fault; left: number }[] = [];
  const add = (fault: Fault, left: number) => {
    const item = { fault, left };
    due.push(item);
    return item;
  };
  const remove = (item: (typeof due)[number]) => {
    const index = due.indexOf(item);
    if (index >= 0) due.splice(index, 1);
  };
  return {
    next: (fault) => void add(fault, fault.times ?? 1),
    during(fault) {
      const item = add(fault, Number.POSITIVE_INFINITY);
      return () => remove(item);
    },
    take(method) {
      const isOf = ({ fault }: { readonly fault: Fault }) =>
        fault.method === method || (fault.method === '*' && !OF_THE_SOCKET.includes(method));
      const found = due.find(isOf);
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) remove(found);
      return found.fault;
    },
  };
}
