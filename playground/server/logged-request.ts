import type { Fields, Outcome } from './webapi/fields.ts';

/** A call by the app and its answer. `method` is `respond` for a response_url. */
export interface LoggedRequest {
  readonly method: string;
  readonly body: Fields;
  readonly status: number;
  readonly response: Outcome;
}
