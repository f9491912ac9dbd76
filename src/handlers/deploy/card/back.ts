import type { HostPlan } from '../../../docker/rollout/types.ts';

/** A version that hosts ran when a plan was made, named for a rollback. */
export interface Back {
  readonly hosts: readonly string[];
  readonly digest: string;
  /** The tag, or else the first twelve digits of the digest; both work with `/rollback shop`. */
  readonly name: string;
}

export interface WayBack {
  /** Different hosts may have run different versions. */
  readonly versions: readonly Back[];
  /** Hosts whose version cannot be rolled back to, by reason. */
  readonly without: ReadonlyMap<string, readonly string[]>;
}

/** The versions a deploy to these hosts can later be rolled back to. Hosts on which nothing ran are in neither list. */
export function wayBackOf(hosts: readonly HostPlan[]): WayBack {
  const versions = new Map<string, { digest: string; name: string; hosts: string[] }>();
  const without = new Map<string, string[]>();
  for (const { host, now } of hosts) {
    if (!now) continue;
    const { served = { why: 'the plan was made by an earlier Fairlead' } } = now;
    if ('why' in served) without.set(served.why, [...(without.get(served.why) ?? []), host]);
    else {
      const { digest, tag } = served.image;
      const known = versions.get(digest) ?? { digest, name: tag ?? digest.slice(7, 19), hosts: [] };
      versions.set(digest, { ...known, hosts: [...known.hosts, host] });
    }
  }
  return { versions: [...versions.values()], without };
}
