import type { Timed } from '../../request.ts';
import type { LogLine } from './line.ts';

export interface HostLog {
  readonly host: string;
  readonly container: string;
  readonly lines: readonly LogLine[];
  /** How many lines matched; more than are in `lines` when the oldest were dropped. */
  readonly matched: number;
  readonly scanned: number;
  /** Lines before these were not asked for. */
  readonly hasOlder: boolean;
  readonly state: string;
}

export interface LogsResult extends Timed {
  readonly kind: 'logs';
  readonly hosts: readonly HostLog[];
  readonly grep: string | undefined;
}

export interface FollowReport {
  readonly kind: 'follow';
  readonly id: string;
  readonly host: string;
  readonly container: string;
  /** Hosts that did not say whether they have it too, where nobody named one. */
  readonly unseen: readonly string[];
  readonly lines: readonly LogLine[];
  readonly seen: number;
  readonly skipped: number;
  readonly until: number;
  /** The connection broke and is not back yet. */
  readonly lost: boolean;
  /** How many times it broke and came back, and whether lines may be missing for it. */
  readonly reconnects: number;
  readonly gap: boolean;
  /** Why it is over; undefined while it runs. */
  readonly ended: 'time' | 'stopped' | 'deleted' | 'container' | 'lost' | 'shutdown' | undefined;
  /** How the container ended, when it did: "exited with code 1". */
  readonly how: string | undefined;
  readonly failures: readonly never[];
  readonly audit: string;
}
