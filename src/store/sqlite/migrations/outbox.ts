/** What is to be said in Slack, in its order, until it has been said. `taken` counts how often it was tried, `owner` tries it now. */
export const OUTBOX: readonly string[] = [
  `create table outbox (
    seq bigint primary key, place text not null, note text not null, at bigint not null, owner text,
    taken bigint not null default 0
  )`,
];
