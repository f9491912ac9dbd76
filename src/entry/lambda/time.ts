import { Shutdown } from '../../docker/rollout/errors.ts';

/** What a function is told of its invocation. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** The time of the invocation that a function is in. */
export interface Time {
  leftMs(): number;
  /** Fires when what is under way has to be rolled back and ended, as at a SIGTERM. */
  signal(): AbortSignal;
}

export interface RunningTime extends Time {
  /** An invocation begins. Returns what ends it. */
  begin(context: InvocationContext): () => void;
}

/** A rollback stops the new container, which may take 10 s, and starts the old one. */
const ROLL_BACK_MS = 45_000;
/** Of a function with little time, what is under way still gets half. */
const MOST_OF_IT = 0.5;

export function createTime(): RunningTime {
  let context: InvocationContext = { getRemainingTimeInMillis: () => 0 };
  let controller = new AbortController();
  return {
    leftMs: () => context.getRemainingTimeInMillis(),
    signal: () => controller.signal,
    begin(next) {
      context = next;
      controller = new AbortController();
      const mine = controller;
      const left = next.getRemainingTimeInMillis();
      const after = Math.max(left - ROLL_BACK_MS, left * MOST_OF_IT);
      const timer = setTimeout(() => mine.abort(new Shutdown('The time of this function is up.')), after);
      return () => clearTimeout(timer);
    },
  };
}
