import { EngineError } from './engine-error.ts';

/** Why something stopped: a reason that is an `EngineError` says it itself, a deadline's is a timeout. */
export function abortError(signal: AbortSignal): EngineError {
  const reason: unknown = signal.reason;
  if (reason instanceof EngineError) return reason;
  const isDeadline = reason instanceof DOMException && reason.name === 'TimeoutError';
  return isDeadline ? new EngineError('timeout', 'Timed out.') : new EngineError('aborted', 'Stopped.');
}

/** `work`, or the end of waiting for it; what it does later is nobody's concern then. */
export async function rejectOnAbort<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const gone = Promise.withResolvers<never>();
  const stop = () => gone.reject(abortError(signal));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([gone.promise, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A deadline that tells what it was, and can be called off. */
export function deadline(ms: number, words = `Timed out after ${ms / 1000} s.`): Deadline {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new EngineError('timeout', words)), ms);
  return { signal: controller.signal, restart: () => void timer.refresh(), clear: () => clearTimeout(timer) };
}

export interface Deadline {
  readonly signal: AbortSignal;
  /** Begins anew. */
  restart(): void;
  clear(): void;
}

export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}
