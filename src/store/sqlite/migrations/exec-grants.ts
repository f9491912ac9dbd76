/** Permissions for a time to run programs in a container. */
export const EXEC_GRANTS: readonly string[] = [
  `create table exec_grants (
     id text primary key, person text not null, channel text not null, host text not null, container text not null,
     allowed text not null, reason text not null, approved_by text not null, begins_at bigint not null,
     until bigint not null, ended_at bigint, ended_by text, told_at bigint, mac text)`,
  'create index exec_grants_open on exec_grants (until) where told_at is null',
];
