import { integrityOf, parsed, type SignedRow } from './signed.ts';
import type { Integrity, Signer } from './signer.ts';

/** One execution of one approved plan. Times are Unix milliseconds. */
export interface Deployment {
  readonly id: string;
  readonly approval: string;
  readonly command: string;
  readonly service: string;
  readonly line: string;
  readonly channel: string;
  readonly requestedBy: string;
  /** The person whose vote completed the approval, or who used break-glass. */
  readonly startedBy: string;
  /** Undefined when what is stored is not JSON. */
  readonly plan: unknown;
  readonly hash: string;
  readonly integrity: Integrity;
  readonly createdAt: number;
  /** The reason given for a break-glass; undefined for an approved deployment. */
  readonly breakGlass: string | undefined;
  readonly state: 'queued' | 'running' | 'ended';
  readonly owner: string | undefined;
  /** How often it was claimed: more than once means that a process died, or was too slow, meanwhile. */
  readonly attempt: number;
  readonly heartbeatAt: number | undefined;
  readonly abortBy: string | undefined;
  readonly abortReason: string | undefined;
  /** The wave, counted from 0, that waits or waited for approval; undefined before the first such request. */
  readonly requestedWave: number | undefined;
  /** When that request expires; 0 once it has. */
  readonly waveExpiresAt: number | undefined;
  /** The last wave that was approved. */
  readonly approvedWave: number | undefined;
  /** The attempt of the process that let go of it between two waves, for the next to go on with. */
  readonly handedOn: number | undefined;
  readonly verdict: string | undefined;
  readonly detail: unknown;
  readonly finishedAt: number | undefined;
}

/** A deployment that has not ended, without its plan and unverified: for looking after it, and for nothing that acts by it. */
export type OpenDeployment = Omit<Deployment, 'plan' | 'detail' | 'integrity'>;

/** One step of a deployment, written before it is taken. */
export interface JournalEntry {
  readonly seq: number;
  readonly attempt: number;
  readonly host: string;
  readonly phase: string;
  readonly note: unknown;
  readonly at: number;
}

export interface HostOutcome {
  readonly host: string;
  readonly verdict: string;
  readonly detail: unknown;
  readonly at: number;
  /** One from before such rows were signed is shown, and nothing is carried on by it. */
  readonly integrity: Exclude<Integrity, 'forged'>;
}

export interface DeploymentRow extends SignedRow {
  readonly id: string;
  readonly approval: string;
  readonly command: string;
  readonly service: string;
  readonly line: string;
  readonly channel: string;
  readonly requested_by: string;
  readonly started_by: string;
  readonly plan: string;
  readonly hash: string;
  readonly created_at: number;
  readonly break_glass: string | null;
  readonly state: Deployment['state'];
  readonly owner: string | null;
  readonly attempt: number;
  readonly heartbeat_at: number | null;
  readonly abort_by: string | null;
  readonly abort_reason: string | null;
  readonly asked_wave: number | null;
  readonly asked_until: number | null;
  readonly gone_on: number | null;
  readonly handed_on: number | null;
  readonly verdict: string | null;
  readonly detail: string | null;
  readonly finished_at: number | null;
}

/** The columns of an `OpenDeployment`. */
export const OPEN_COLUMNS = `id, approval, command, service, line, channel, requested_by, started_by, hash, created_at,
  break_glass, state, owner, attempt, heartbeat_at, abort_by, abort_reason, asked_wave, asked_until, gone_on, handed_on,
  verdict, finished_at`;

export function shapeDeployment(signer: Signer, row: DeploymentRow): Deployment {
  return {
    ...shapeOpen(row),
    plan: parsed(row.plan),
    integrity: integrityOf(signer, 'deployments', row),
    detail: parsed(row.detail),
  };
}

export function shapeOpen(row: Omit<DeploymentRow, 'plan' | 'detail' | 'mac'>): OpenDeployment {
  return {
    id: row.id,
    approval: row.approval,
    command: row.command,
    service: row.service,
    line: row.line,
    channel: row.channel,
    requestedBy: row.requested_by,
    startedBy: row.started_by,
    hash: row.hash,
    createdAt: row.created_at,
    breakGlass: row.break_glass ?? undefined,
    state: row.state,
    owner: row.owner ?? undefined,
    attempt: row.attempt,
    heartbeatAt: row.heartbeat_at ?? undefined,
    abortBy: row.abort_by ?? undefined,
    abortReason: row.abort_reason ?? undefined,
    requestedWave: row.asked_wave ?? undefined,
    waveExpiresAt: row.asked_until ?? undefined,
    approvedWave: row.gone_on ?? undefined,
    handedOn: row.handed_on ?? undefined,
    verdict: row.verdict ?? undefined,
    finishedAt: row.finished_at ?? undefined,
  };
}
