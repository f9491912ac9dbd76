/** In which order deployments began, whatever the clock said. */
export const ORDER: readonly string[] = [
  'alter table deployments add column seq bigint',
  'update deployments set seq = rowid',
  'create index deployments_by_seq on deployments (seq)',
];
