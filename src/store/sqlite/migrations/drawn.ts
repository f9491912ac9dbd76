/** What a card's message shows, as a hash: after a restart only those that are behind are drawn again. */
export const DRAWN: readonly string[] = ['alter table cards add column drawn text'];
