import { explain } from '../client/cause.ts';
import { EngineError } from '../client/engine-error.ts';
import { explainRefusal } from '../diagnosis/refusal.ts';
import { StepFailed } from './context.ts';

/** An engine's refusal as a failed step, with advice by its message; other errors stay as they are. */
export function stepFailure(what: string, error: unknown, host: string, own?: string): unknown {
  if (!(error instanceof EngineError) || error.status === undefined) return error;
  const { tryThis } = explain(error, { host });
  return new StepFailed(
    `${what}: ${endOnce(error.engineSaid)}`,
    own ?? explainRefusal(error.engineSaid, { host })?.advice ?? tryThis,
    {
      cause: error,
    },
  );
}

export const endOnce = (text: string) => `${text.replace(/(?<![.\s])[.\s]+$/u, '')}.`;
