import type { SignedName } from '../signed.ts';

/** One step of the schema, in the SQL that SQLite and Postgres have in common. A landed one is never edited: a change is a new one. */
export interface Migration {
  readonly statements: readonly string[];
  /** The table whose rows carry a MAC from this step on: those that are there are signed as being from before. */
  readonly signs?: SignedName;
  /**
   * Processes of an older version that this step stops, where several versions share a database. Without it they go on:
   * the step only adds what they do not use. `writers` may still read; `all` may not.
   */
  readonly stops?: 'writers' | 'all';
}
