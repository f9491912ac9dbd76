import type { Migration } from './migration.ts';

/**
 * Deployments that left a host to people are looked for all the time, and there are few of them. One that is opened again
 * for its host would be refused by an older process, as one that somebody had put back.
 */
export const ATTENTION: Migration = {
  statements: ["create index deployments_attention on deployments (created_at) where verdict = 'needs_attention'"],
  stops: 'writers',
};
