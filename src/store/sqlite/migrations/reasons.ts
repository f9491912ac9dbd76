/** Why somebody rejected a question, or aborted a deployment. */
export const REASONS: readonly string[] = [
  'alter table approvals add column reason text',
  'alter table deployments add column abort_reason text',
];
