import { onlyRow } from './rows.ts';
import type { Sql } from './sql.ts';

/** What the store counts for those who watch from outside. */
export interface Counts {
  /** Open approvals by service; '' for those of no service. */
  readonly pending: ReadonlyMap<string, number>;
  readonly locks: number;
  readonly queues: ReadonlyMap<string, number>;
  /** Milliseconds since the newest report; undefined when there is none. */
  readonly scanAgeMs: number | undefined;
  /** Records in the audit log. */
  readonly auditLength: number;
}

export interface Watching {
  /** Counts in one statement. */
  counts(now: number): Promise<Counts>;
  /** Rejects when the database does not take writes. Changes nothing. */
  assertWritable(): Promise<void>;
}

interface Row {
  readonly what: 'pending' | 'locks' | 'queue' | 'scan' | 'audit';
  readonly name: string;
  readonly count: number;
}

const COUNT = `
  select 'pending' as what, coalesce(service, '') as name, count(*) as count from approvals
   where state = 'pending' and expires_at > $1 group by coalesce(service, '')
  union all select 'locks', '', count(*) from locks where until > $1
  union all select 'queue', 'notes', count(*) from outbox
  union all select 'queue', 'changes', count(*) from changes where failed_at is null
  union all select 'queue', 'cards', count(*) from cards where owed = 1
  union all select 'queue', 'deployments', count(*) from deployments where state = 'queued'
  union all select 'queue', 'locks', count(*) from lock_queue
  union all select 'scan', '', $1 - max(at) from scans
  union all select 'audit', '', coalesce(max(seq), 0) from audit_head`;

export function createWatching(sql: Sql): Watching {
  return {
    async counts(now) {
      const rows = await sql.query<Row>(COUNT, [now]);
      const all = (what: Row['what']) => rows.filter((row) => row.what === what);
      const named = (what: Row['what']) => new Map(all(what).map(({ name, count }) => [name, count]));
      const { count: age } = onlyRow(all('scan')) as { readonly count: number | null };
      return {
        pending: named('pending'),
        queues: named('queue'),
        locks: onlyRow(all('locks')).count,
        scanAgeMs: age === null ? undefined : Math.max(0, age),
        auditLength: onlyRow(all('audit')).count,
      };
    },
    async assertWritable() {
      await sql.tx((tx) => tx.query('update audit_head set shipped_seq = shipped_seq where one = 0'));
    },
  };
}
