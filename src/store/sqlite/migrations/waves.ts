/** Approval between the waves of a deployment. Waves are counted from 0. */
export const WAVES: readonly string[] = [
  // The wave that waits for somebody's word, and the last one that got it.
  'alter table deployments add column asked_wave bigint',
  'alter table deployments add column gone_on bigint',
];
