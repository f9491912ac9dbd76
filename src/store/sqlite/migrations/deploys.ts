/** Deployments, what is known to work, locks, reviews and second factors. Times are Unix milliseconds. */
export const DEPLOYS: readonly string[] = [
  'alter table approvals add column service text',
  'alter table approvals add column remind_every bigint',
  'alter table approvals add column remind_at bigint',
  'alter table approvals add column reminders bigint not null default 0',
  'create index approvals_by_state on approvals (state, expires_at)',
  `create table votes (
    approval text not null references approvals (id), person text not null, at bigint not null, factor text,
    primary key (approval, person)
  )`,
  `create table deployments (
    id text primary key, approval text not null unique references approvals (id), command text not null,
    service text not null, line text not null, channel text not null, requested_by text not null,
    started_by text not null, plan text not null, hash text not null, created_at bigint not null,
    break_glass text, state text not null, owner text, attempt bigint not null, heartbeat_at bigint,
    claimed_at bigint, abort_by text, abort_at bigint, verdict text, detail text, finished_at bigint
  )`,
  'create index deployments_by_state on deployments (state, created_at)',
  'create index deployments_by_service on deployments (service, created_at)',
  `create table phases (
    deployment text not null references deployments (id), seq bigint not null, attempt bigint not null,
    host text not null, phase text not null, note text not null, at bigint not null,
    primary key (deployment, seq)
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
    deployment text not null, by text not null, at bigint not null, verdict text not null,
    primary key (service, host, digest)
  )`,
  `create table cards (
    subject text not null, kind text not null, channel text not null, ts text not null, primary key (subject, kind)
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
    remind_at bigint not null, reminders bigint not null, signed_by text, signed_at bigint
  )`,
  `create table totp (
    person text primary key, secret text not null, active bigint not null, last_step bigint not null,
    failures bigint not null, locked_until bigint not null, enrolled_at bigint not null
  )`,
];
