import type pg from 'pg';

/** Connections of this process that somebody has taken and not released. */
export const inUse = new Set<pg.PoolClient>();

let goneOn: PromiseWithResolvers<void> | undefined;

/**
 * For a process that will stand still: ends the connections in use, and nobody takes another until it goes on. The server takes
 * their transactions back, and gives others what they held or waited for. What works on them fails.
 */
export function standStill(): void {
  goneOn ??= Promise.withResolvers();
  for (const client of inUse) client.end().catch(() => {});
}

/** Lets those who waited for a connection have one. */
export function goOn(): void {
  goneOn?.resolve();
  goneOn = undefined;
}

/** Resolves once the process does not stand still. */
export const whenGoneOn = (): Promise<void> | undefined => goneOn?.promise;
