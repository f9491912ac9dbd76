/** Programs that were run in containers, with the beginning of what they wrote. */
export const EXECS: readonly string[] = [
  `create table execs (
     id text primary key, at bigint not null, person text not null, channel text not null, host text not null,
     container text not null, line text not null, granted text, ended text, exit_code bigint, ms bigint,
     bytes bigint, sha256 text, kept text, mac text)`,
  'create index execs_by_grant on execs (granted) where granted is not null',
];
