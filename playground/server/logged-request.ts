import type { Fields, Outcome } from './webapi/fields.ts';

/** One call by the app, as it was answered. `method` is `respond` for a response_url. */
export interface LoggedRequest {
  readonly method: string;
  readonly body: Fields;
  readonly status: number;
  readonly response: Outcome;
}
