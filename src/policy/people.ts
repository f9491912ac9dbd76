/** A person's group memberships, as read for one request. */
export interface Membership {
  /** Groups the person is in. */
  readonly groups: ReadonlySet<string>;
  /** Groups that could not be read: nobody counts as their member. */
  readonly unreadable: ReadonlySet<string>;
}

export const NOBODY: Membership = { groups: new Set(), unreadable: new Set() };
