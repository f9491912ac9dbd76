/** Containers that are removed when their time is up. */
export const RUNS: readonly string[] = [
  `create table runs (
     id text primary key, host text not null, container text not null, name text not null, person text not null,
     channel text not null, until bigint not null, ended_at bigint, tried_at bigint not null default 0, mac text)`,
  'create index runs_open on runs (until) where ended_at is null',
];
