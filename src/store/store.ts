import { UserError } from '../domain/errors.ts';
import { type Approvals, createApprovals } from './approvals.ts';
import { type AuditLog, createAuditLog } from './audit.ts';
import { createAuditWriter } from './audit-writer.ts';
import { type Cards, createCards } from './cards.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createDeployments, type Deployments } from './deployments.ts';
import { DatabaseFault } from './fault.ts';
import { createLocks, type Locks } from './locks.ts';
import { migrate, mustBeUsable } from './migrations.ts';
import type { Origin } from './open.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createReviews, type Reviews } from './reviews.ts';
import { keyFrom } from './sealed.ts';
import { createSigner, type RecordKeys, type Signer } from './signer.ts';
import { mustBeSound } from './sound.ts';
import { openSql, type Sql } from './sql.ts';
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
  readonly deliveries: Deliveries;
  readonly outbox: Outbox;
  readonly totp: Totp;
  /** What was there when it was opened. */
  readonly origin: Origin;
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
  const sql = opened(url, signer);
  const writer = url === ':memory:' ? undefined : createAuditWriter(url, record);
  const audit = createAuditLog(sql, signer, writer);
  let open = true;
  return {
    origin: sql.origin,
    audit,
    approvals: createApprovals(sql, signer, valuesKey(totp, token)),
    deployments: createDeployments(sql, signer),
    versions: createVersions(sql, signer),
    locks: createLocks(sql),
    reviews: createReviews(sql, signer),
    cards: createCards(sql),
    deliveries: createDeliveries(sql),
    outbox: createOutbox(sql),
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

/** Up to date and sound in every page, which takes some 2 ms per megabyte. */
function opened(url: string, signer: Signer): Sql {
  let sql: Sql | undefined;
  try {
    sql = openSql(url, (reader) => {
      mustBeUsable(reader);
      mustBeSound(reader);
    });
    migrate(sql, signer);
    return sql;
  } catch (error) {
    sql?.close();
    if (error instanceof DatabaseFault)
      throw new UserError('not_configured', error.message, error.hint, { cause: error });
    throw error;
  }
}

function valuesKey(totpKey: string | undefined, token: string | undefined): Buffer | undefined {
  if (totpKey !== undefined) return Buffer.from(totpKey, 'hex');
  return token === undefined ? undefined : keyFrom(token, 'values given for one deploy');
}
