import type { Queryable } from './sql.ts';

/** The right to carry out one deployment. It is lost when its owner fell silent and another claim took it. */
export interface Lease {
  readonly deployment: string;
  readonly owner: string;
  /** Counts the claims: the same process claiming twice is two leases. */
  readonly attempt: number;
}

/** Another process has this deployment now: stop, and touch nothing more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor(lease: Lease) {
    super(`The lease of deployment ${lease.deployment} (${lease.owner}, attempt ${lease.attempt}) is lost.`);
  }
}

/** Runs `work` in one transaction, if the lease still holds. Rejects with `LeaseLost`. */
export type Leased = <T>(lease: Lease, work: (tx: Queryable) => Promise<T>) => Promise<T>;
