import { EngineError } from '../client/engine-error.ts';
import { isPortTaken as isRefusedPort } from '../diagnosis/refusal-network.ts';
import { Aborted, isUnavailable, StepFailed } from './context.ts';
import { Shutdown } from './errors.ts';
import type { Phase } from './types.ts';
import type { Blame } from './verdict.ts';

/** Decides what stopped a rollout, from its error, the phase, and who aborted it. The only place that does. */
export function blameFor(error: unknown, phase: Phase, signal: AbortSignal): Blame {
  if (error instanceof Aborted || (error instanceof EngineError && error.fault === 'aborted'))
    return signal.reason instanceof Shutdown ? 'fairlead' : 'person';
  if (error instanceof StepFailed && error.blame !== undefined) return error.blame;
  const cause = error instanceof StepFailed ? error.cause : error;
  if (isUnavailable(cause)) return 'engine';
  if (cause instanceof EngineError && cause.fault === 'no_space') return 'disk';
  if (phase === 'start' && cause instanceof EngineError) return isPortTaken(cause) ? 'port' : 'not_started';
  if (phase === 'pull') return 'image';
  return cause instanceof EngineError ? 'engine' : 'other';
}

/** Whether the new version is at fault and would fail again. */
export const isVersionFault = (blame: Blame): boolean =>
  blame === 'unhealthy' || blame === 'crashed' || blame === 'not_started';

/** Whether another container, or an engine that crashed, holds the port. */
export const isPortTaken = (error: unknown): boolean => error instanceof EngineError && isRefusedPort(error.engineSaid);
