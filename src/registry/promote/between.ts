import type { Repository } from '../calls.ts';

/** Two repositories of one registry, for one promotion. */
export interface Between {
  /** Read with the account for pulling. */
  readonly from: Repository;
  /** Written with the account for pushing, which may mount from the other. */
  readonly to: Repository;
  readonly signal: AbortSignal;
}
