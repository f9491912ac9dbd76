import type { Migration } from './migration.ts';

/**
 * Requests that one process accepted for another to carry out. `sealed` is gone once a job is over. A deployment that was let
 * go of between two waves has in `handed_on` the attempt that did so.
 */
export const JOBS: Migration = {
  statements: [
    `create table jobs (
       id text primary key, at bigint not null, sealed text, state text not null, owner text, attempt bigint not null,
       until bigint, mac text)`,
    "create index jobs_open on jobs (at) where state in ('waiting', 'taken')",
    'alter table deployments add column handed_on bigint',
  ],
};
