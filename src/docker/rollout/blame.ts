import { EngineError } from '../client/engine-error.ts';
import { Aborted, isUnavailable, StepFailed } from './context.ts';
import { type Blame, type Phase, Shutdown } from './types.ts';

/** What stopped a rollout, told by its error, the phase it was in, and who called it off. The only place that decides. */
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

/** The new version itself is at fault, and would be at the next try. */
export const isVersionFault = (blame: Blame): boolean =>
  blame === 'unhealthy' || blame === 'crashed' || blame === 'not_started';

/** A port that another has, or one that an engine did not let go of when it crashed. */
export const isPortTaken = (error: unknown): boolean =>
  error instanceof EngineError && /port is already allocated|address already in use/iu.test(error.engineSaid);
