/** The version of SQLite's schema that `FIRST_SCHEMA` is the same as: a new database begins there. */
export const FIRST_VERSION = 16;

const REFUSE = 'execute function refuse_audit_change()';

/** The schema that a database of Postgres begins with: the result of all steps in `../sqlite/migrations`. Never edited. */
export const FIRST_SCHEMA: readonly string[] = [
  `create table audit (
    seq bigint primary key, at bigint not null, kind text not null, person text not null, channel text not null,
    command text not null, decision text, outcome text, entry text not null, prev text not null, hash text not null,
    mac text
  )`,
  'create index audit_by_person on audit (person, seq)',
  `create table audit_head (
    one bigint primary key check (one = 1), seq bigint not null, hash text not null, mac text,
    signed_from bigint not null default 1, shipped_at bigint not null default 0, shipped_seq bigint not null default 0
  )`,
  "insert into audit_head (one, seq, hash) values (1, 0, '')",
  `create function refuse_audit_change() returns trigger language plpgsql as
   $$ begin raise exception 'the audit log is append-only'; end $$`,
  // A MAC is not what a record says: it is made anew when the key is changed.
  `create trigger audit_no_update before update of seq, at, kind, person, channel, command, decision, outcome, entry, prev, hash
   on audit ${REFUSE}`,
  `create trigger audit_no_delete before delete or truncate on audit ${REFUSE}`,
  `create table approvals (
    id text primary key, command text not null, line text not null, channel text not null, requested_by text not null,
    requested_at bigint not null, expires_at bigint not null, plan text not null, hash text not null,
    state text not null, decided_by text, decided_at bigint, verdict text, finished_at bigint, service text,
    remind_every bigint, remind_at bigint, reminders bigint not null default 0, sealed text, mac text, reason text
  )`,
  'create index approvals_by_state on approvals (state, expires_at)',
  `create table votes (
    approval text not null references approvals (id), person text not null, at bigint not null, factor text, mac text,
    primary key (approval, person)
  )`,
  `create table deployments (
    id text primary key, approval text not null unique references approvals (id), command text not null,
    service text not null, line text not null, channel text not null, requested_by text not null,
    started_by text not null, plan text not null, hash text not null, created_at bigint not null,
    break_glass text, state text not null, owner text, attempt bigint not null, heartbeat_at bigint,
    claimed_at bigint, abort_by text, abort_at bigint, verdict text, detail text, finished_at bigint,
    asked_wave bigint, gone_on bigint, asked_until bigint, ask_remind_every bigint, ask_remind_at bigint, mac text,
    abort_reason text, seq bigint
  )`,
  'create index deployments_by_state on deployments (state, created_at)',
  'create index deployments_by_service on deployments (service, created_at)',
  'create index deployments_by_seq on deployments (seq)',
  `create table phases (
    deployment text not null references deployments (id), seq bigint not null, attempt bigint not null,
    host text not null, phase text not null, note text not null, at bigint not null, primary key (deployment, seq)
  )`,
  `create table host_verdicts (
    deployment text not null references deployments (id), host text not null, verdict text not null,
    detail text not null, at bigint not null, primary key (deployment, host)
  )`,
  // What a deployment that has not ended holds: the primary key is the lock.
  `create table held (
    service text not null, host text not null, deployment text not null references deployments (id),
    primary key (service, host)
  )`,
  `create table verified (
    service text not null, host text not null, digest text not null, tag text, repository text not null,
    deployment text not null, by text not null, at bigint not null, verdict text not null, mac text,
    primary key (service, host, digest)
  )`,
  `create table cards (
    subject text not null, kind text not null, channel text not null, ts text not null, drawn text, thread text,
    owed bigint not null default 0, poster text, posting_at bigint, primary key (subject, kind)
  )`,
  // '' as the host is every host.
  `create table locks (
    service text not null, host text not null, owner text not null, reason text not null, channel text not null,
    token text not null, taken_at bigint not null, until bigint not null, remind_at bigint not null,
    primary key (service, host)
  )`,
  `create table lock_queue (
    service text not null, person text not null, channel text not null, at bigint not null,
    primary key (service, person)
  )`,
  `create table reviews (
    deployment text primary key references deployments (id), service text not null, channel text not null,
    person text not null, reason text not null, opened_at bigint not null, due_at bigint not null,
    remind_at bigint not null, reminders bigint not null, signed_by text, signed_at bigint, mac text
  )`,
  `create table totp (
    person text primary key, secret text not null, active bigint not null, last_step bigint not null,
    failures bigint not null, locked_until bigint not null, enrolled_at bigint not null
  )`,
  'create table deliveries (channel text not null, ts text not null, at bigint not null, primary key (channel, ts))',
  'create index deliveries_at on deliveries (at)',
  `create table outbox (
    seq bigint primary key, place text not null, note text not null, at bigint not null, owner text,
    taken bigint not null default 0
  )`,
  `create table execs (
    id text primary key, at bigint not null, person text not null, channel text not null, host text not null,
    container text not null, line text not null, granted text, ended text, exit_code bigint, ms bigint,
    bytes bigint, sha256 text, kept text, mac text
  )`,
  'create index execs_by_grant on execs (granted) where granted is not null',
  `create table runs (
    id text primary key, host text not null, container text not null, name text not null, person text not null,
    channel text not null, until bigint not null, ended_at bigint, tried_at bigint not null default 0, mac text
  )`,
  'create index runs_open on runs (until) where ended_at is null',
  `create table exec_grants (
    id text primary key, person text not null, channel text not null, host text not null, container text not null,
    allowed text not null, reason text not null, approved_by text not null, begins_at bigint not null,
    until bigint not null, ended_at bigint, ended_by text, told_at bigint, mac text
  )`,
  'create index exec_grants_open on exec_grants (until) where told_at is null',
  `create table scans (
    digest text not null, platform text not null, scanner text not null, at bigint not null, body text not null,
    mac text not null, primary key (digest, platform, scanner)
  )`,
  'create index scans_at on scans (at)',
];
