/** What is known of one person's groups at the moment of asking. */
export interface Membership {
  /** Groups the person is in. */
  readonly groups: ReadonlySet<string>;
  /** Groups that could not be read: nobody counts as a member of those. */
  readonly unreadable: ReadonlySet<string>;
}

export const NOBODY: Membership = { groups: new Set(), unreadable: new Set() };
