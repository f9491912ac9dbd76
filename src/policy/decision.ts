import type { CommandSpec } from '../commands/language/define.ts';
import type { Reason } from '../domain/errors.ts';
import type { ImageReference } from '../domain/reference.ts';
import type { Selector } from '../domain/selector.ts';
import type { Membership } from './people.ts';

/** A command to authorize: by one person, in one channel, on some hosts, for a service or none. */
export interface Ask {
  readonly spec: CommandSpec;
  readonly on: Selector | undefined;
  /** Service as typed. Undefined for a command about services (`spec.serviceOf`) means any of them. */
  readonly service?: string | undefined;
  /** The image that a command about services names instead of one: it is about the services that have this image. */
  readonly image?: ImageReference | undefined;
  readonly channel: string;
  readonly person: string;
  readonly membership: Membership;
}

/**
 * The outcome of `authorize`. `rule` is the config path that decided; it goes into the audit log and into the answer of
 * `can`, which calls the same function.
 */
export type Decision =
  | { readonly kind: 'allow'; readonly hosts: readonly string[]; readonly rule: string }
  | {
      readonly kind: 'needs-approval';
      readonly hosts: readonly string[];
      readonly rule: string;
      /** Approver groups of all rules that apply. */
      readonly from: readonly string[];
      /** Milliseconds until the request expires: the shortest of all rules. */
      readonly expires: number;
      /** Milliseconds until the approvers are reminded first. */
      readonly remind: number;
    }
  | Denial;

export interface Denial {
  readonly kind: 'deny';
  readonly reason: Extract<Reason, 'not_configured' | 'not_permitted' | 'host_unknown' | 'host_needed'>;
  readonly rule: string;
  /** The missing permission, as a sentence. */
  readonly missing: string;
  /** Hosts on which this person may give the command here. */
  readonly permitted: readonly string[];
  /** Names of the groups that may give the command here. */
  readonly who: readonly string[];
  readonly near: string | undefined;
}
