import { type Approvals, createApprovals } from './approvals.ts';
import { type AuditLog, createAuditLog } from './audit.ts';
import { createAuditWriter } from './audit-writer.ts';
import { type Cards, createCards } from './cards.ts';
import { createDeployments, type Deployments } from './deployments.ts';
import { createLocks, type Locks } from './locks.ts';
import { migrate } from './migrations.ts';
import { createReviews, type Reviews } from './reviews.ts';
import { keyFrom } from './sealed.ts';
import { createSigner, type RecordKeys } from './signer.ts';
import { openSql } from './sql.ts';
import { createTotp, type Totp } from './totp.ts';
import { type Verification, verify } from './verify.ts';
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
  /** Checks every record; blocks for as long as that takes. */
  verify(): Verification;
  close(): void;
}

/** What the store seals and signs with. */
export interface StoreKeys {
  readonly record: RecordKeys;
  /** 64 hex digits; without it there are no one-time codes. */
  readonly totp?: string | undefined;
  /** Where there is no `totp`, what is given for one deploy is sealed under a key made from this. */
  readonly token?: string | undefined;
}

/** Opens the store, bringing an older database up to date. Throws a `UserError` when it cannot be used. */
export function openStore(url: string, { record, totp, token }: StoreKeys): Store {
  const signer = createSigner(record);
  const sql = openSql(url);
  migrate(sql, signer);
  const writer = url === ':memory:' ? undefined : createAuditWriter(url, record);
  const audit = createAuditLog(sql, signer, writer);
  let open = true;
  return {
    audit,
    approvals: createApprovals(sql, signer, valuesKey(totp, token)),
    deployments: createDeployments(sql, signer),
    versions: createVersions(sql, signer),
    locks: createLocks(sql),
    reviews: createReviews(sql, signer),
    cards: createCards(sql),
    totp: createTotp(sql, totp),
    verify: () => verify(sql, signer),
    close() {
      if (!open) return;
      open = false;
      audit.flush();
      writer?.close();
      sql.close();
    },
  };
}

function valuesKey(totpKey: string | undefined, token: string | undefined): Buffer | undefined {
  if (totpKey !== undefined) return Buffer.from(totpKey, 'hex');
  return token === undefined ? undefined : keyFrom(token, 'values given for one deploy');
}
