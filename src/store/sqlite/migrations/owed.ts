/** Cards whose message is not posted yet, or does not show what it should: any process may see to them later. */
export const OWED: readonly string[] = [
  'alter table cards add column thread text',
  'alter table cards add column owed bigint not null default 0',
  // The process that posts it, and since when; null once its message is known.
  'alter table cards add column poster text',
  'alter table cards add column posting_at bigint',
];
