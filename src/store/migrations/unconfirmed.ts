import type { Migration } from './migration.ts';

/**
 * Until when a job may be carried out that the process which stored it has not confirmed, by the database's clock: null once it
 * has, or once one has taken it in time.
 */
export const UNCONFIRMED: Migration = { statements: ['alter table jobs add column confirm_by bigint'] };
