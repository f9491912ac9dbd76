import type { AuditWriter } from './audit-writer.ts';
import type { Hints } from './hints.ts';
import type { ReadableSql, Sql } from './sql.ts';
import type { StoreTime } from './time.ts';

/** What was at the path before: nothing, a database, or one that was copied without its write-ahead log. */
export type Origin = 'new' | 'existing' | 'without-log';

/** A database of Fairlead that is up to date and sound. */
export interface OpenDatabase {
  readonly sql: Sql;
  readonly origin: Origin;
  /** The database's program and its version, as people write them: PostgreSQL 15.14. */
  readonly software: string;
  /** Milliseconds by the database's own clock, in its SQL. */
  readonly clock: string;
  /** Writes many audit records apart from this thread; undefined where that is of no use. */
  readonly auditWriter: AuditWriter | undefined;
  readonly hints: Hints;
  /** Whether processes on other machines can have it open too. */
  readonly isShared: boolean;
  /** The time that all of them go by. */
  readonly time: StoreTime;
}

/** A database of Fairlead that is only read. */
export interface ReadOnlyDatabase {
  readonly sql: ReadableSql;
  /** Of its schema: not newer than `newest`. */
  readonly version: number;
  /** The version that this Fairlead writes. */
  readonly newest: number;
  /** Throws a `DatabaseFault` for one that is older. */
  mustBeNewest(): void;
  /**
   * Reads every page; `thoroughly`, compares indexes with their tables too. Throws a `DatabaseFault` that names the damage.
   * Does nothing on a server, which checks its pages as it reads them.
   */
  mustBeSound(thoroughly?: boolean): void;
  close(): Promise<void>;
}
