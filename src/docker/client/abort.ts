import { EngineError, type EngineFault } from './engine-error.ts';

/** The error of an aborted signal: its reason if that is an `EngineError`, else a timeout or a stop. */
export function abortError(signal: AbortSignal): EngineError {
  const reason: unknown = signal.reason;
  if (reason instanceof EngineError) return reason;
  const isDeadline = reason instanceof DOMException && reason.name === 'TimeoutError';
  return isDeadline ? new EngineError('timeout', 'Timed out.') : new EngineError('aborted', 'Stopped.');
}

/** Settles as `work` does, or rejects as soon as the signal aborts. The work itself is not stopped by this. */
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

/** Aborts its signal after `ms` milliseconds, with a timeout of the engine unless something else is slow. */
export function deadline(
  ms: number,
  words: string | (() => string) = `Timed out after ${ms / 1000} s.`,
  fault: EngineFault = 'timeout',
): Deadline {
  const controller = new AbortController();
  const abort = () => controller.abort(new EngineError(fault, typeof words === 'string' ? words : words()));
  const timer = setTimeout(abort, ms);
  return { signal: controller.signal, restart: () => void timer.refresh(), clear: () => clearTimeout(timer) };
}

export interface Deadline {
  readonly signal: AbortSignal;
  /** Starts the time over. */
  restart(): void;
  clear(): void;
}

export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}
