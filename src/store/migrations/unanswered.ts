import type { Migration } from './migration.ts';

/**
 * What a process took from Slack and has not answered: `owner` is that process, `sealed` what was asked, and `since` the time by
 * the database's clock. All three are gone once it is answered.
 */
export const UNANSWERED: Migration = {
  statements: [
    'alter table deliveries add column owner text',
    'alter table deliveries add column sealed text',
    'alter table deliveries add column since bigint',
    'create index deliveries_unanswered on deliveries (since) where owner is not null',
  ],
};
