/** One thing Fairlead does that takes time. No field holds text of a person, a secret, or a command line. */
export type Operation =
  /** From the arrival of what Slack sent to its last message. */
  | { readonly kind: 'exchange'; readonly source: string; readonly request: string }
  | { readonly kind: 'request'; readonly source: string; readonly request: string }
  | { readonly kind: 'decision' }
  | { readonly kind: 'handler'; readonly command: string }
  | { readonly kind: 'engine'; readonly host: string; readonly call: string }
  | { readonly kind: 'slack'; readonly method: string }
  | { readonly kind: 'registry'; readonly registry: string; readonly method: string }
  | { readonly kind: 'deployment'; readonly service: string; readonly deployment: string }
  | { readonly kind: 'wave'; readonly wave: number }
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'phase'; readonly host: string; readonly phase: string };

/** What is known of an operation when it ends. `result` is `ok` or the code of an error, from a fixed set. */
export interface Facts {
  readonly command?: string;
  readonly decision?: string;
  readonly outcome?: string;
  readonly verdict?: string;
  readonly result?: string;
  /** Whether the host answered, be it with an error. */
  readonly answered?: boolean;
}

/** Something that happened at one moment. */
export type Happening =
  | { readonly kind: 'acknowledged'; readonly ms: number }
  | { readonly kind: 'ratelimited'; readonly ms: number }
  /** `ms`: from the request of an approval to its decision. */
  | { readonly kind: 'approval'; readonly ms: number };

/** An operation under way, as one receiver sees it. Its methods never throw. */
export interface Ongoing {
  /** Runs `work` as part of the operation: what it begins has the operation as its parent. */
  within<T>(work: () => T): T;
  end(facts: Facts, ms: number): void;
}

/** What receives observations: metrics or traces. Nothing waits for it. */
export interface Receiver {
  /** Undefined when it has no use for the operation. */
  begin(operation: Operation): Ongoing | undefined;
  tell(happening: Happening): void;
}

/** Adds facts to the operation that runs. */
export type Note = (facts: Facts) => void;

export interface Observer {
  /** Runs `work` and observes it. Rejects with what `work` rejects with; its code is noted unless `work` noted a result. */
  during<T>(operation: Operation, work: (note: Note) => Promise<T>): Promise<T>;
  /** Begins an operation whose parts are not run by one function; the result ends it, once. */
  begin(operation: Operation): (facts?: Facts) => void;
  tell(happening: Happening): void;
}

/** Observes nothing. */
export const UNOBSERVED: Observer = {
  during: (_, work) => work(() => {}),
  begin: () => () => {},
  tell() {},
};

/** Reports to every receiver. */
export function createObserver(receivers: readonly Receiver[]): Observer {
  if (receivers.length === 0) return UNOBSERVED;
  const started = (operation: Operation) => {
    const since = performance.now();
    const ongoing = receivers.flatMap((receiver) => receiver.begin(operation) ?? []);
    const end = (facts: Facts) => {
      const ms = performance.now() - since;
      for (const one of ongoing) one.end(facts, ms);
    };
    return { ongoing, end };
  };
  return {
    async during(operation, work) {
      const { ongoing, end } = started(operation);
      let facts: Facts = {};
      const note: Note = (more) => {
        facts = { ...facts, ...more };
      };
      const run = ongoing.reduce<() => ReturnType<typeof work>>(
        (inner, one) => () => one.within(inner),
        () => work(note),
      );
      try {
        const value = await run();
        end({ result: 'ok', ...facts });
        return value;
      } catch (error) {
        end({ result: codeOf(error), ...facts });
        throw error;
      }
    },
    begin(operation) {
      const { end } = started(operation);
      let hasEnded = false;
      return (facts = {}) => {
        if (!hasEnded) end(facts);
        hasEnded = true;
      };
    },
    tell(happening) {
      for (const receiver of receivers) receiver.tell(happening);
    },
  };
}

/** Errors of ours carry one of a fixed set of words; what others throw is an `error`. */
function codeOf(error: unknown): string {
  const { reason, fault } = (error ?? {}) as { readonly reason?: unknown; readonly fault?: unknown };
  const code = error instanceof Error ? (fault ?? reason) : undefined;
  return typeof code === 'string' && /^[a-z_]{1,40}$/u.test(code) ? code : 'error';
}
