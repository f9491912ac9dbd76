import type { EngineError } from '../client/engine-error.ts';
import { toEngineError } from '../client/faults.ts';

/** Remembers for a few seconds that an engine is dead, so that the next commands fail at once instead of waiting. */
export interface Breaker {
  /** `quick`: a running engine answers the call within its deadline. */
  run<T>(call: () => Promise<T>, quick: boolean): Promise<T>;
  /** Rejects with the remembered failure while it is recent; waits for a call that tries the engine again. */
  check(): Promise<void>;
}

const DEAD_FOR_MS = 5000;

export function createBreaker(deadForMs = DEAD_FOR_MS): Breaker {
  let found: { readonly error: EngineError; readonly at: number } | undefined;
  let probing: Promise<unknown> | undefined;

  /** What a call has to wait for. Throws the failure while it is recent. */
  const awaited = (): Promise<unknown> | undefined => {
    if (!found) return undefined;
    if (performance.now() - found.at < deadForMs) throw found.error;
    return probing;
  };
  const noted = async <T>(call: () => Promise<T>, quick: boolean): Promise<T> => {
    try {
      const value = await call();
      found = undefined;
      return value;
    } catch (error) {
      const fault = toEngineError(error);
      if (isDeath(fault, quick)) found = { error: fault, at: performance.now() };
      else if (fault.status !== undefined) found = undefined;
      throw error;
    }
  };
  return {
    async check() {
      for (let other = awaited(); other; other = awaited()) await other;
    },
    async run(call, quick) {
      // A command makes several calls at once: those beside the one that tries the engine again wait for its outcome.
      for (let other = awaited(); other; other = awaited()) await other;
      const outcome = noted(call, quick);
      // A call that may take minutes, such as a pull, holds up no others.
      if (found && quick)
        probing ??= outcome
          .catch(() => undefined)
          .then(() => {
            probing = undefined;
          });
      return outcome;
    },
  };
}

function isDeath({ fault, status }: EngineError, quick: boolean): boolean {
  if (status !== undefined) return false;
  return fault === 'unreachable' || fault === 'ssh' || fault === 'tls' || (fault === 'timeout' && quick);
}
