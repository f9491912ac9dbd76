import { UserError } from '../domain/errors.ts';
import { type Approvals, createApprovals } from './approvals.ts';
import { type AuditLog, createAuditLog } from './audit.ts';
import { type Budgets, createBudgets } from './budgets.ts';
import { type Cards, createCards } from './cards.ts';
import { type Changes, createChanges } from './changes.ts';
import { createWatching, type Watching } from './counts.ts';
import { openDatabase } from './database.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createDeployments, type Deployments } from './deployments.ts';
import { createExecGrants, type ExecGrants } from './exec-grants.ts';
import { createExecs, type Execs } from './execs.ts';
import { DatabaseFault } from './fault.ts';
import type { Hints } from './hints.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { createLocks, type Locks } from './locks.ts';
import { createOngoing, type Ongoing } from './ongoing.ts';
import type { OpenDatabase, Origin } from './opened.ts';
import { createNotingTx, createOutbox, type Outbox } from './outbox.ts';
import type { Ahead } from './postgres/ahead.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { createReviews, type Reviews } from './reviews.ts';
import { createRuns, type Runs } from './runs.ts';
import { createScanCache, type ScanCache } from './scans.ts';
import { keyFrom, type SealingKey } from './sealed.ts';
import { createSigner, type RecordKeys } from './signer.ts';
import type { StoreTime } from './time.ts';
import { createTotp, type Totp } from './totp.ts';
import { type Verification, verify } from './verify.ts';
import { createVersions, type Versions } from './versions.ts';

/** Persistent state. */
export interface Store {
  readonly audit: AuditLog;
  readonly approvals: Approvals;
  readonly deployments: Deployments;
  readonly versions: Versions;
  readonly locks: Locks;
  readonly reviews: Reviews;
  readonly execs: Execs;
  readonly execGrants: ExecGrants;
  readonly jobs: Jobs;
  readonly runs: Runs;
  readonly scans: ScanCache;
  readonly cards: Cards;
  readonly deliveries: Deliveries;
  readonly outbox: Outbox;
  readonly changes: Changes;
  readonly totp: Totp;
  readonly budgets: Budgets;
  readonly ongoing: Ongoing;
  readonly replicas: Replicas;
  /** For metrics and health checks. */
  readonly watching: Watching;
  /** Hints to all processes on this store. */
  readonly hints: Hints;
  /** Whether processes on other machines may use this store too. */
  readonly isShared: boolean;
  /** The time that all processes on this store go by. */
  readonly time: StoreTime;
  /** What was at the database's path when it was opened. */
  readonly origin: Origin;
  /** The database's program and its version, as people write them: PostgreSQL 15.14. */
  readonly software: string;
  /** Checks every record. */
  verify(): Promise<Verification>;
  /** Resolves once all that was appended to the audit log is on disk, or was refused. Safe to call twice. */
  close(): Promise<void>;
}

/** Keys that the store seals and signs with. */
export interface StoreKeys {
  readonly record: RecordKeys;
  /** 64 hex digits; without it there are no one-time codes. */
  readonly totp?: string | undefined;
  /** Without `totp`, values given with `-e` are sealed under a key made from this. */
  readonly token?: string | undefined;
}

/**
 * Opens the store, on a connection that was made `ahead` if there is one, bringing an older database up to date. Rejects with a
 * `UserError` when it cannot be used.
 */
export async function openStore(url: string, { record, totp, token }: StoreKeys, ahead?: Ahead): Promise<Store> {
  const signer = createSigner(record);
  const opened = await usable(() => openDatabase(url, record, signer, ahead));
  const { sql, origin, software, clock, auditWriter, hints, isShared, time } = opened;
  const notingTx = createNotingTx(sql, signer, hints);
  const audit = createAuditLog(sql, signer, notingTx, auditWriter);
  let closing: Promise<void> | undefined;
  const close = async () => {
    await audit.flush();
    await auditWriter?.close();
    await sql.close();
  };
  return {
    origin,
    software,
    hints,
    isShared,
    time,
    audit,
    approvals: createApprovals({ sql, signer, notingTx, key: valuesKey(totp, token) }),
    deployments: createDeployments({ sql, signer, hints, notingTx }),
    versions: createVersions(sql, signer),
    locks: createLocks(sql, notingTx),
    reviews: createReviews(sql, signer, notingTx),
    execs: createExecs(sql, signer),
    execGrants: createExecGrants(sql, signer, notingTx),
    jobs: createJobs({ sql, signer, clock, keys: record }),
    runs: createRuns(sql, signer),
    scans: createScanCache(sql, signer),
    cards: createCards(sql, clock),
    deliveries: createDeliveries({ sql, clock, keys: record }),
    outbox: createOutbox(sql, signer, notingTx),
    changes: createChanges(sql),
    totp: createTotp(sql, signer, totp),
    budgets: createBudgets(sql, clock),
    ongoing: createOngoing(sql, hints),
    replicas: createReplicas(sql),
    watching: createWatching(sql),
    verify: () => verify(sql, signer),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

async function usable(open: () => Promise<OpenDatabase>): Promise<OpenDatabase> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    throw new UserError('not_configured', error.message, error.hint, { cause: error });
  }
}

function valuesKey(totpKey: string | undefined, token: string | undefined): SealingKey | undefined {
  if (totpKey !== undefined) return Buffer.from(totpKey, 'hex');
  return token === undefined ? undefined : keyFrom(token, 'values given for one deploy');
}
