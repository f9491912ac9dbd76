import type { EngineError } from '../client/engine-error.ts';
import { toEngineError } from '../client/faults.ts';

/** Remembers for a few seconds that an engine is dead, so that the next commands fail at once instead of waiting. */
export interface Breaker {
  /** `quick`: a running engine answers the call within its deadline. */
  run<T>(call: () => Promise<T>, quick: boolean): Promise<T>;
  /** Throws the remembered failure while it is recent. */
  check(): void;
}

const DEAD_FOR_MS = 5000;

export function createBreaker(deadForMs = DEAD_FOR_MS): Breaker {
  let found: { readonly error: EngineError; readonly at: number } | undefined;
  let isProbing = false;
  const isFresh = () => found !== undefined && performance.now() - found.at < deadForMs;
  const check = () => {
    if (found && (isFresh() || isProbing)) throw found.error;
  };
  return {
    check,
    async run(call, quick) {
      check();
      // After that time one call tries the engine again; the others keep failing until it succeeds.
      const isProbe = found !== undefined;
      isProbing ||= isProbe;
      try {
        const value = await call();
        found = undefined;
        return value;
      } catch (error) {
        const fault = toEngineError(error);
        if (isDeath(fault, quick)) found = { error: fault, at: performance.now() };
        else if (fault.status !== undefined) found = undefined;
        throw error;
      } finally {
        if (isProbe) isProbing = false;
      }
    },
  };
}

function isDeath({ fault, status }: EngineError, quick: boolean): boolean {
  if (status !== undefined) return false;
  return fault === 'unreachable' || fault === 'ssh' || fault === 'tls' || (fault === 'timeout' && quick);
}
