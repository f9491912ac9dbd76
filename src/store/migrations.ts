import { UserError } from '../errors.ts';
import type { Sql } from './sql.ts';

/** In order; each once. A landed one is never edited: a change is a new one. */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
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
  ],
];

export function migrate(sql: Sql): void {
  sql.all('create table if not exists versions (version bigint primary key)');
  sql.tx(() => {
    const version =
      sql.all<{ version: number | null }>('select max(version) as version from versions')[0]?.version ?? 0;
    if (version > MIGRATIONS.length) {
      throw new UserError(
        'not_configured',
        `The database is at version ${version}, this Fairlead knows ${MIGRATIONS.length}.`,
        'Start a newer Fairlead, or another DATABASE_URL.',
      );
    }
    for (const [index, texts] of MIGRATIONS.entries()) {
      if (index < version) continue;
      for (const text of texts) sql.all(text);
      sql.all('insert into versions (version) values ($1)', [index + 1]);
    }
  });
}
