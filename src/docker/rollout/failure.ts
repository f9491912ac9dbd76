import { messageOf } from '../../domain/errors.ts';
import type { Phrase } from '../../domain/phrase.ts';
import { explain } from '../client/cause.ts';
import { EngineError } from '../client/engine-error.ts';
import { blameFor } from './blame.ts';
import { Aborted, isUnavailable, type RolloutContext, StepFailed } from './context.ts';
import type { Phase } from './types.ts';
import type { Blame } from './verdict.ts';

/** Why a rollout did not finish. */
export interface RolloutFailure {
  readonly phase: Phase;
  readonly why: string;
  readonly tryThis: Phrase;
  readonly blame: Blame;
  readonly isAbort: boolean;
  /** A crash of Fairlead interrupted the stop of the old container, which may still end although it runs now. */
  readonly oldMayStillStop?: boolean | undefined;
}

/** `phase` is the one that a process before this one had reached, of a rollout that is recovered. */
export function failureOf(error: unknown, context: RolloutContext, phase = context.phase()): RolloutFailure {
  const { host } = context.plan;
  const { signal } = context.run;
  const failure = { phase, blame: blameFor(error, phase, signal), isAbort: false };
  if (error instanceof Aborted || (error instanceof EngineError && error.fault === 'aborted'))
    return { ...failure, why: new Aborted(signal).message, tryThis: 'Deploy again when you are ready.', isAbort: true };
  if (error instanceof StepFailed) return { ...failure, why: error.message, tryThis: error.tryThis };
  if (!(error instanceof EngineError))
    return { ...failure, why: messageOf(error), tryThis: 'Deploy again in a minute.' };
  const { summary, tryThis } = explain(error, { host });
  const what = isUnavailable(error)
    ? (unresolved(error, host) ?? `The engine on ${host} stopped responding`)
    : summary.replace(/\.$/u, '');
  const detail = error.engineSaid.replace(/(?<![.\s])[.\s]+$/u, '');
  return { ...failure, why: `${what} (phase ${phase}): ${detail}.`, tryThis };
}

/** A clause for a host that is not reached for want of its address; undefined where DNS is not the cause. */
export function unresolved(error: unknown, host: string): string | undefined {
  const { code } = ((error instanceof EngineError && error.cause) || {}) as { readonly code?: string };
  return code === 'EAI_AGAIN' || code === 'ENOTFOUND' ? `The name of ${host} cannot be resolved` : undefined;
}
