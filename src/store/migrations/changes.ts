import type { Migration } from './migration.ts';

/** What receivers outside are still to be told of deployments; with `failed_at`, what was given up. `owner` sends it now. */
export const CHANGES: Migration = {
  statements: [
    `create table changes (
      id text not null, receiver text not null, seq bigint not null, deployment text not null, type text not null,
      owner text, tries bigint not null default 0, failed_at bigint, why text, primary key (id, receiver)
    )`,
  ],
};
