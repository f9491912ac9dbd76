import { type Approvals, createApprovals } from './approvals.ts';
import { type AuditLog, createAuditLog } from './audit.ts';
import { migrate } from './migrations.ts';
import { openSql } from './sql.ts';

/** What is remembered. */
export interface Store {
  readonly audit: AuditLog;
  readonly approvals: Approvals;
  close(): void;
}

/** Opens the store, bringing an older database up to date. Throws a `UserError` when it cannot be used. */
export function openStore(url: string): Store {
  const sql = openSql(url);
  migrate(sql);
  const audit = createAuditLog(sql);
  let open = true;
  return {
    audit,
    approvals: createApprovals(sql),
    close() {
      if (!open) return;
      open = false;
      audit.flush();
      sql.close();
    },
  };
}
