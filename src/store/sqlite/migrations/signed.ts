/** Records carry a keyed MAC; `signing.ts` has what goes with it. */
export const SIGNED: readonly string[] = [
  ...['approvals', 'votes', 'deployments', 'verified', 'reviews', 'audit', 'audit_head'].map(
    (table) => `alter table ${table} add column mac text`,
  ),
  // The first record that has a MAC of its own: those before it are covered by the chain alone.
  'alter table audit_head add column signed_from bigint not null default 1',
  // When the head was last made known elsewhere, and which.
  'alter table audit_head add column shipped_at bigint not null default 0',
  'alter table audit_head add column shipped_seq bigint not null default 0',
  // A MAC is not what a record says: it is made anew when the key is changed.
  'drop trigger audit_no_update',
  `create trigger audit_no_update before update of seq, at, kind, person, channel, command, decision, outcome, entry, prev, hash
   on audit begin select raise(abort, 'the audit log is append-only'); end`,
];
