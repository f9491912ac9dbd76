import type { TransferProgress } from '../../../docker/client/types.ts';
import type { Phrase } from '../../../domain/phrase.ts';
import type { Approver } from '../../approval/approver.ts';
import type { Timed } from '../../request.ts';

/** One image of one host, to be pushed to one tag. */
export interface PushPlan {
  /** A registry belongs to no host: these are all hosts, so that every approval rule of the command applies. */
  readonly hosts: readonly { readonly host: string }[];
  /** The host that pushes. */
  readonly from: string;
  /** Canonical, with its tag. */
  readonly target: string;
  readonly imageId: string;
  /** What the registry has under the tag now; null for nothing. */
  readonly before: string | null;
}

export interface PushReport {
  readonly kind: 'push';
  /** Of the request that pushes: its requester stops it by this. */
  readonly id: string;
  readonly image: string;
  readonly host: string;
  /** Undefined until the engine says something. */
  readonly progress: TransferProgress | undefined;
}

export interface PushAsked extends Timed {
  readonly kind: 'push-asked';
  readonly id: string;
  readonly hash: string;
  readonly plan: PushPlan;
  readonly from: readonly Approver[];
  readonly expiresAt: number;
  /** Hosts that did not say whether they have the image too, where nobody named one. */
  readonly unseen?: readonly string[];
  readonly audit: string;
}

export interface Pushed extends Timed {
  readonly kind: 'pushed';
  readonly target: string;
  readonly from: string;
  /** The host, where the registry has the image now; empty where the push failed. */
  readonly hosts: readonly { readonly host: string }[];
  readonly state: 'pushed' | 'unchanged' | 'failed';
  /** What the registry has under the tag now: null for nothing, undefined where nobody could say. */
  readonly now: string | null | undefined;
  readonly before: string | null;
  readonly uploaded: boolean;
  /** The line that sets the tag back to what it was. */
  readonly back: string | undefined;
  readonly warnings: readonly Phrase[];
  readonly requestedBy: string;
  readonly answeredBy: string;
  /** As of `PushAsked`; not known of one that was approved. */
  readonly unseen?: readonly string[];
  readonly audit: string;
}

export type PushOutcome = PushAsked | Pushed;
