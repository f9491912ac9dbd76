import { createRegistries } from '../../../src/registry/client.ts';
import { promote } from '../../../src/registry/promote/promote.ts';
import type { Promotion } from '../../../src/registry/promote/types.ts';
import type { MemoryRegistry } from '../memory-registry.ts';
import { configWith, never } from '../server.ts';

interface Wanted {
  readonly digest: string;
  readonly from?: string;
  readonly to?: string;
  readonly tag?: string;
  readonly isHarbor?: boolean;
  readonly signal?: AbortSignal;
}

/** Promotes within a registry as `/tag` does: from `staging/shop` to `prod/shop:1.0.0` unless told otherwise. */
export function promoteIn({ host }: Pick<MemoryRegistry, 'host'>, wanted: Wanted): Promise<Promotion> {
  const { digest, from = 'staging/shop', to = 'prod/shop', tag = '1.0.0', isHarbor = false, signal = never } = wanted;
  const registries = createRegistries(configWith({ [host]: {} }));
  const harbor = isHarbor ? registries.host(host, 'push') : undefined;
  return promote(
    { digest, tag, harbor },
    {
      from: registries.repository({ registry: host, path: from }),
      to: registries.repository({ registry: host, path: to }, 'push', from === to ? undefined : from),
      signal,
    },
  );
}
