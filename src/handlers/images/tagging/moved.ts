import { EngineError } from '../../../docker/client/engine-error.ts';
import type { Redact } from '../../../policy/redact.ts';
import { failureOf } from '../../over-hosts.ts';
import type { HostFailure } from '../../request.ts';

/** An image or a name on a host that is not what the plan says: somebody was faster. */
export class MovedError extends EngineError {
  constructor(what: string) {
    super('conflict', what);
  }
}

/** What a host did not do; of what moved there, in the words that say what. */
export function failureOn(host: string, error: EngineError, redact: Redact, reference?: string): HostFailure {
  const failure = failureOf(host, error, redact, reference);
  if (!(error instanceof MovedError)) return failure;
  return { ...failure, summary: redact(error.engineSaid), tryThis: 'Request it again.' };
}
