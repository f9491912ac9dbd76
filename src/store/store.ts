import { type Approvals, createApprovals } from './approvals.ts';
import { type AuditLog, createAuditLog } from './audit.ts';
import { type Cards, createCards } from './cards.ts';
import { createDeployments, type Deployments } from './deployments.ts';
import { createLocks, type Locks } from './locks.ts';
import { migrate } from './migrations.ts';
import { createReviews, type Reviews } from './reviews.ts';
import { keyFrom } from './sealed.ts';
import { openSql } from './sql.ts';
import { createTotp, type Totp } from './totp.ts';
import { createVersions, type Versions } from './versions.ts';

/** What is remembered. */
export interface Store {
  readonly audit: AuditLog;
  readonly approvals: Approvals;
  readonly deployments: Deployments;
  readonly versions: Versions;
  readonly locks: Locks;
  readonly reviews: Reviews;
  readonly cards: Cards;
  readonly totp: Totp;
  close(): void;
}

/**
 * Opens the store, bringing an older database up to date. `totpKey` is 64 hex digits; where there is none, what is given for
 * one deploy is sealed under a key made from `token`. Throws a `UserError` when it cannot be used.
 */
export function openStore(url: string, totpKey?: string, token?: string): Store {
  const sql = openSql(url);
  migrate(sql);
  const audit = createAuditLog(sql);
  let open = true;
  return {
    audit,
    approvals: createApprovals(sql, valuesKey(totpKey, token)),
    deployments: createDeployments(sql),
    versions: createVersions(sql),
    locks: createLocks(sql),
    reviews: createReviews(sql),
    cards: createCards(sql),
    totp: createTotp(sql, totpKey),
    close() {
      if (!open) return;
      open = false;
      audit.flush();
      sql.close();
    },
  };
}

function valuesKey(totpKey: string | undefined, token: string | undefined): Buffer | undefined {
  if (totpKey !== undefined) return Buffer.from(totpKey, 'hex');
  return token === undefined ? undefined : keyFrom(token, 'values given for one deploy');
}
