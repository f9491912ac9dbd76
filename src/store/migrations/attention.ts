import type { Migration } from './migration.ts';

/** Deployments that left a host to people are looked for all the time, and there are few of them. */
export const ATTENTION: Migration = {
  statements: ["create index deployments_attention on deployments (created_at) where verdict = 'needs_attention'"],
};
