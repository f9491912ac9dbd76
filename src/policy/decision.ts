import type { CommandSpec } from '../commands/language/define.ts';
import type { Reason } from '../domain/errors.ts';
import type { Selector } from '../domain/selector.ts';
import type { Membership } from './people.ts';

/** What is asked: one command, by one person, in one channel, on some hosts, about a service or not. */
export interface Ask {
  readonly spec: CommandSpec;
  readonly on: Selector | undefined;
  /** As typed. Of a command that is about one (`spec.serviceOf`) none means: about any of them. */
  readonly service?: string | undefined;
  readonly channel: string;
  readonly person: string;
  readonly membership: Membership;
}

/**
 * The answer to "may they?". `rule` is where in the config it was decided, as a path; it goes into the audit log and into
 * the answer of `can`, which calls this very function.
 */
export type Decision =
  | { readonly kind: 'allow'; readonly hosts: readonly string[]; readonly rule: string }
  | {
      readonly kind: 'needs-approval';
      readonly hosts: readonly string[];
      readonly rule: string;
      /** Groups of every rule that applies. */
      readonly from: readonly string[];
      /** Milliseconds: how long the question may be answered, by the most impatient rule. */
      readonly expires: number;
      /** Milliseconds until the approvers are reminded first. */
      readonly remind: number;
    }
  | Denial;

export interface Denial {
  readonly kind: 'deny';
  readonly reason: Extract<Reason, 'not_configured' | 'not_permitted' | 'host_unknown' | 'host_needed'>;
  readonly rule: string;
  /** One sentence: what is missing. */
  readonly missing: string;
  /** Hosts on which this person may say this command here. */
  readonly permitted: readonly string[];
  /** Who could do it here: group names. */
  readonly who: readonly string[];
  readonly near: string | undefined;
}
