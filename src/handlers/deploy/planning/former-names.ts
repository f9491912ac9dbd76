import type { KnownVersion } from '../../../store/versions.ts';
import type { Deps } from '../../deps.ts';

/** Records looked at, the newest first: there is one of each version of the image on each host. */
const MOST_RECORDS = 500;

/** A version of a service's image that was healthy under another name. */
export interface FormerVersion {
  /** The name that it had, and no service of the config has now. */
  readonly service: string;
  readonly digest: string;
  readonly tag: string | undefined;
}

/**
 * Versions of the service's image that were healthy on these hosts under a name that no service of the config has now,
 * newest first: the service was renamed. They are on record for that name, so they can be deployed and not be rolled back to.
 */
export async function underFormerName(
  service: string,
  hosts: readonly string[],
  { config, store }: Pick<Deps, 'config' | 'store'>,
): Promise<readonly FormerVersion[]> {
  const known = config.services.get(service);
  if (!known) return [];
  const records = await store.versions.ofImage(known.image, MOST_RECORDS);
  const former = records.filter((one) => isFormer(one, hosts) && !config.services.has(one.service));
  return [...Map.groupBy(former, ({ digest }) => digest).values()].flatMap(([newest]) => newest ?? []);
}

const isFormer = ({ host, integrity }: KnownVersion, hosts: readonly string[]) =>
  integrity === 'signed' && hosts.includes(host);
