/** A failure of Slack, caused on demand. */
export interface Fault {
  /**
   * A Web API method, `respond` for a response_url, `ws` for the next envelope, `click` for the next click, `*` for any
   * call.
   */
  readonly method: string;
  /** Slack's error; for `ws` the reason of a `disconnect` frame. */
  readonly error?: string;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  readonly latencyMs?: number;
  /** Cuts the connection before the call is carried out; with `answer`, after it, so that only the answer is lost. */
  readonly drop?: boolean | 'answer';
  /** For `click`: how many times the click arrives; 2 by default. */
  readonly copies?: number;
  /** How many calls fail; 1 by default. */
  readonly times?: number;
}

export interface Faults {
  next(fault: Fault): void;
  /** Applies the fault to every call until the returned function is called. */
  during(fault: Fault): () => void;
  /** The fault for this call, if there is one. */
  take(method: string): Fault | undefined;
}

/** Faults of deliveries to the app, which `*` does not cover. */
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
