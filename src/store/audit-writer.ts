import type { AuditEntry } from './audit-records.ts';

/** Appends many entries at once in a thread of its own, so that hashes, MACs, SQL and checkpoints do not block this one. */
export interface AuditWriter {
  /** Whether `write` may be called. Starts the thread when there is none. */
  isReady(): boolean;
  /** Resolves to the number of the first record once all are on disk. */
  write(entries: readonly AuditEntry[]): Promise<number>;
  /** Resolves once what is under way is on disk, or has failed, and the thread has closed the database. */
  close(): Promise<void>;
}
