/** Messages whose commands were carried out: Slack delivers a message again after an edit, and when an answer was late. */
export const DELIVERIES: readonly string[] = [
  'create table deliveries (channel text not null, ts text not null, at bigint not null, primary key (channel, ts))',
  'create index deliveries_at on deliveries (at)',
];
