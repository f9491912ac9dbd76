import type { AddNote } from './outbox.ts';
import type { Queryable } from './sql.ts';

/** The right to execute one deployment. It is lost when its owner sends no heartbeat and another process claims it. */
export interface Lease {
  readonly deployment: string;
  readonly owner: string;
  /** Counts the claims: the same process claiming twice is two leases. */
  readonly attempt: number;
}

/** Another process has claimed this deployment: the former owner must stop at once. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor(lease: Lease) {
    super(`The lease of deployment ${lease.deployment} (${lease.owner}, attempt ${lease.attempt}) is lost.`);
  }
}

/** Runs `work` in one transaction, if the lease still holds. Rejects with `LeaseLost`. */
export type Leased = <T>(lease: Lease, work: (tx: Queryable, addNote: AddNote) => Promise<T>) => Promise<T>;
