/** The audit log and approval requests. */
export const FIRST: readonly string[] = [
  `create table audit (
    seq bigint primary key, at bigint not null, kind text not null, person text not null, channel text not null,
    command text not null, decision text, outcome text, entry text not null, prev text not null, hash text not null
  )`,
  'create index audit_by_person on audit (person, seq)',
  // The newest record could otherwise be cut off without a trace.
  'create table audit_head (one bigint primary key check (one = 1), seq bigint not null, hash text not null)',
  "insert into audit_head (one, seq, hash) values (1, 0, '')",
  "create trigger audit_no_update before update on audit begin select raise(abort, 'the audit log is append-only'); end",
  "create trigger audit_no_delete before delete on audit begin select raise(abort, 'the audit log is append-only'); end",
  `create table approvals (
    id text primary key, command text not null, line text not null, channel text not null, requested_by text not null,
    requested_at bigint not null, expires_at bigint not null, plan text not null, hash text not null,
    state text not null, decided_by text, decided_at bigint, verdict text, finished_at bigint
  )`,
];
