/** Abort reason of a rollout that no person aborted: Fairlead itself is shutting down. */
export class Shutdown extends Error {
  override readonly name = 'Shutdown';
}

/** The journal cannot be written while this process still holds the lease. */
export class JournalUnavailable extends Error {
  override readonly name = 'Unwritten';
  /** The next step; undefined where the disk of the database is to be freed. */
  readonly tryThis: string | undefined;

  constructor(message: string, tryThis?: string) {
    super(message);
    this.tryThis = tryThis;
  }
}

/** Why an approved plan no longer holds. `text` is one sentence. */
export interface StaleReason {
  readonly kind:
    | 'removed'
    | 'renamed'
    | 'created'
    | 'replaced'
    | 'edited'
    | 'state'
    | 'conflict'
    | 'settings'
    | 'strategy'
    | 'refused';
  readonly text: string;
}

/** The host changed since the plan was made; nothing has been touched. */
export class PlanStale extends Error {
  override readonly name = 'PlanStale';
  readonly reasons: readonly StaleReason[];

  constructor(reasons: readonly StaleReason[]) {
    super(reasons.map(({ text }) => text).join(' '));
    this.reasons = reasons;
  }
}
