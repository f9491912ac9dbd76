import type { Phrase } from '../../../domain/phrase.ts';
import type { NextVersion } from '../../../domain/release.ts';
import type { Promoted } from '../../../registry/promote/types.ts';
import type { Approver } from '../../approval/approver.ts';
import type { Timed } from '../../request.ts';

/** A tag set within a registry. References are canonical, digests those of manifests. */
export interface RegistryTagPlan {
  readonly kind: 'registry';
  /** A registry belongs to no host: these are all hosts, so that every approval rule of the command applies. */
  readonly hosts: readonly { readonly host: string }[];
  readonly source: string;
  readonly target: string;
  readonly digest: string;
  /** What the tag stands for now; null where there is none. */
  readonly before: string | null;
}

/** A tag set on hosts. Ids are the engines' own. */
export interface HostTagPlan {
  readonly kind: 'hosts';
  readonly hosts: readonly PlannedHost[];
  /** As typed: a reference or an id. */
  readonly source: string;
  readonly target: string;
}

export interface PlannedHost {
  readonly host: string;
  readonly imageId: string;
  readonly before: string | null;
  /** What would be replaced or taken: why this is asked. Empty for a name that is free. */
  readonly why: readonly string[];
}

export type TagPlan = RegistryTagPlan | HostTagPlan;

/** The next versions of an image, since no new one was named. */
export interface TagOffers {
  readonly kind: 'tag-offers';
  readonly source: string;
  /** What the repository is called. */
  readonly repository: string;
  readonly offers: readonly (NextVersion & { readonly line: string })[];
  /** The repository has more tags than were read, so an offer may exist already. */
  readonly tagsCut: boolean;
}

export interface TagAsked extends Timed {
  readonly kind: 'tag-asked';
  readonly id: string;
  readonly hash: string;
  readonly plan: TagPlan;
  readonly from: readonly Approver[];
  readonly expiresAt: number;
  /** Hosts that did not say whether they have the image too, where nobody named one. */
  readonly unseen?: readonly string[];
  readonly audit: string;
}

/** What became of a tag in one place: a host, or a registry. */
export interface TaggedPlace {
  readonly host: string;
  readonly state: 'tagged' | 'unchanged';
  /** Digest in a registry, id on a host. */
  readonly digest: string;
  readonly before: string | undefined;
  /** The line that sets the tag back to what it was; undefined where there was nothing, or nothing changed. */
  readonly back: string | undefined;
}

export interface Tagged extends Timed {
  readonly kind: 'tagged';
  readonly where: TagPlan['kind'];
  readonly source: string;
  readonly target: string;
  /** Only places that have the tag now. */
  readonly hosts: readonly TaggedPlace[];
  /** How it came there, in a registry. */
  readonly promotion: Promoted | undefined;
  readonly warnings: readonly Phrase[];
  readonly requestedBy: string;
  readonly answeredBy: string;
  /** As of `TagAsked`; not known of one that was approved. */
  readonly unseen?: readonly string[];
  readonly audit: string;
}

export type TagResult = TagOffers | TagAsked | Tagged;
