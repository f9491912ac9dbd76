/** Until when a wave may be let go on, and when those who may are reminded. */
export const WAVE_TERMS: readonly string[] = [
  'alter table deployments add column asked_until bigint',
  'alter table deployments add column ask_remind_every bigint',
  'alter table deployments add column ask_remind_at bigint',
];
