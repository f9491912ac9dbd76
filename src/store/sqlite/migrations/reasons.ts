/** Reasons of rejections and aborts. */
export const REASONS: readonly string[] = [
  'alter table approvals add column reason text',
  'alter table deployments add column abort_reason text',
];
