import type { Approver } from '../../approval/approver.ts';
import type { NobodyCan } from '../../approval/nobody-can.ts';
import type { CardVerdict, Verdict } from '../planning/types.ts';
import type { Blamed } from './blamed.ts';
import type { Left } from './left.ts';
import type { Place } from './places.ts';

/** A message beside a card: in its thread, or to one person. */
export type Note =
  /** A request to approvers, or a reminder. */
  | {
      readonly kind: 'asked';
      readonly what: string;
      readonly requestedBy: string;
      readonly approvers: readonly Approver[];
      /** Unix milliseconds. */
      readonly expiresAt: number;
      readonly again: boolean;
      /** Of a reminder, where too few people are left who could answer: the requester can change that. */
      readonly nobody?: NobodyCan | undefined;
    }
  | {
      readonly kind: 'expired';
      readonly what: string;
      readonly requestedBy: string;
      readonly line: string;
      /** The clock was set back since it was requested, so it would be open for longer than its rule allows. */
      readonly clockSetBack?: boolean;
    }
  /** A request was closed at an approval, since its plan no longer held. */
  | {
      readonly kind: 'stale';
      readonly what: string;
      readonly requestedBy: string;
      readonly line: string;
      readonly why: string;
    }
  | {
      readonly kind: 'rejected';
      /** `deploy of shop 1.4.0` */
      readonly what: string;
      readonly by: string;
      readonly requestedBy: string;
      readonly reason: string;
    }
  /** A request to continue with the next wave, or a reminder. */
  | {
      readonly kind: 'wave';
      readonly what: string;
      readonly done: readonly string[];
      readonly next: readonly string[];
      readonly requestedBy: string;
      readonly approvers: readonly Approver[];
      readonly expiresAt: number;
      readonly again: boolean;
    }
  /** Evidence from a host whose new version failed, collected before the rollback. */
  | { readonly kind: 'evidence'; readonly host: string; readonly verdict: CardVerdict }
  | {
      readonly kind: 'ended';
      readonly what: string;
      readonly verdict: Verdict;
      readonly left: Left;
      /** Undefined in notes stored by older versions. */
      readonly places?: readonly Place[] | undefined;
      readonly blamed: Blamed;
      /** The evidence was posted before, in the same thread. */
      readonly hasEvidence: boolean;
      readonly requestedBy: string;
      /** Approvers: they are told too when the deployment failed. */
      readonly approvedBy: readonly string[];
      /** Hosts that were away when it ended and responded again: it has ended for the second time. */
      readonly returned?: readonly string[] | undefined;
    }
  | {
      readonly kind: 'review-due';
      readonly id: string;
      readonly what: string;
      readonly by: string;
      readonly approvers: readonly Approver[];
      readonly overdue: boolean;
    }
  | { readonly kind: 'lock-ending'; readonly service: string; readonly token: string; readonly until: number }
  /** The newest record of the audit log, as `number:hash`. */
  | { readonly kind: 'audit-head'; readonly head: string }
  | { readonly kind: 'lock-ended'; readonly service: string }
  /** What was run under a grant that is over, oldest first. */
  | {
      readonly kind: 'grant-over';
      readonly person: string;
      readonly approvedBy: string;
      readonly container: string;
      readonly host: string;
      readonly reason: string;
      readonly endedBy: string | undefined;
      /** The clock was set back while it lasted, and so it ended. */
      readonly clockSetBack?: boolean;
      readonly runs: readonly { readonly line: string; readonly how: string }[];
      /** How many there were; more than are in `runs` when there were many. */
      readonly count: number;
    }
  | {
      readonly kind: 'lock-asked';
      readonly service: string;
      readonly token: string;
      readonly by: string;
      readonly channel: string;
    }
  | {
      readonly kind: 'lock-taken';
      readonly service: string;
      readonly by: string;
      readonly reason: string;
      readonly channel: string;
    }
  | { readonly kind: 'lock-free'; readonly service: string; readonly channel: string };

/** Whether a note is outdated and would mislead. `now`: Unix milliseconds. */
export function isOver(note: Note, now: number): boolean {
  if (note.kind === 'asked' || note.kind === 'wave') return note.expiresAt <= now;
  return note.kind === 'lock-ending' && note.until <= now;
}
