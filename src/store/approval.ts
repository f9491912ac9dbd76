import { integrityOf, parsed, type SignedRow } from './signed.ts';
import type { Integrity, Signer } from './signer.ts';

/**
 * How an approval can end. `stale`: somebody would have approved it, and its plan no longer held. `superseded`: it was open when
 * an older database was upgraded, and is not signed.
 */
export type Answered = 'approved' | 'rejected' | 'withdrawn' | 'stale' | 'superseded';
export type ApprovalState = 'pending' | 'expired' | Answered;

/** A request for approval of one plan. Times are Unix milliseconds. */
export interface Approval {
  readonly id: string;
  readonly command: string;
  /** What is deployed; undefined for a command that is not about a service. */
  readonly service: string | undefined;
  readonly line: string;
  readonly channel: string;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  /** Undefined when what is stored is not JSON. */
  readonly plan: unknown;
  readonly hash: string;
  /** Of this row; each vote has its own. */
  readonly integrity: Integrity;
  readonly state: ApprovalState;
  readonly decidedBy: string | undefined;
  readonly decidedAt: number | undefined;
  /** The reason that was given for a rejection, or why its plan no longer held. */
  readonly reason: string | undefined;
  readonly verdict: string | undefined;
  /** How often the approvers were reminded. */
  readonly reminders: number;
}

/** One person's vote for an approval. It cannot be withdrawn. */
export interface Vote {
  readonly person: string;
  readonly at: number;
  /** The second factor it was given with, besides the Slack session. */
  readonly factor: 'totp' | undefined;
  readonly integrity: Integrity;
}

/** Why an approval takes no answer. `untrusted`: its row is not signed, so it is not acted on. */
export type Closed = 'unknown' | 'untrusted' | Exclude<ApprovalState, 'pending'>;
export interface ApprovalRow extends SignedRow {
  readonly id: string;
  readonly command: string;
  readonly service: string | null;
  readonly line: string;
  readonly channel: string;
  readonly requested_by: string;
  readonly requested_at: number;
  readonly expires_at: number;
  readonly plan: string;
  readonly hash: string;
  readonly state: ApprovalState;
  readonly decided_by: string | null;
  readonly decided_at: number | null;
  readonly reason: string | null;
  readonly verdict: string | null;
  readonly reminders: number;
}

/** Why an approval takes no answer at `now`; undefined while it is open. */
export function closed(approval: Approval | undefined, now: number): Closed | undefined {
  if (!approval) return 'unknown';
  if (approval.integrity === 'forged') return 'untrusted';
  if (approval.state !== 'pending') return approval.state;
  if (approval.integrity !== 'signed') return 'untrusted';
  return approval.expiresAt <= now ? 'expired' : undefined;
}

export function shapeApproval(signer: Signer, row: ApprovalRow): Approval {
  return {
    id: row.id,
    command: row.command,
    service: row.service ?? undefined,
    line: row.line,
    channel: row.channel,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    plan: parsed(row.plan),
    hash: row.hash,
    integrity: integrityOf(signer, 'approvals', row),
    state: row.state,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    reason: row.reason ?? undefined,
    verdict: row.verdict ?? undefined,
    reminders: row.reminders,
  };
}
