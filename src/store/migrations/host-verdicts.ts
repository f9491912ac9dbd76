import type { Migration } from './migration.ts';

/** How a deployment ended on a host carries a MAC: who carries on a deployment goes by it. An older process would write none. */
export const HOST_VERDICTS: Migration = {
  statements: ['alter table host_verdicts add column mac text'],
  signs: 'host_verdicts',
  stops: 'writers',
};
