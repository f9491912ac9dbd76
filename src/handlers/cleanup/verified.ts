import type { Deps } from '../deps.ts';

/** So many verified versions of each service stay on their host, for going back. */
const KEPT_VERSIONS = 5;

/** Digests of the versions a host can go back to. */
export async function verifiedOn(host: string, { store }: Pick<Deps, 'store'>): Promise<ReadonlySet<string>> {
  const kept = await store.versions.newestOn(host, KEPT_VERSIONS);
  return new Set(kept.map(({ digest }) => digest));
}
