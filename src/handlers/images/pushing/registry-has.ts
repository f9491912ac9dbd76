import { canonical, type ImageReference } from '../../../domain/reference.ts';
import { digestNow } from '../../../registry/promote/digest-now.ts';
import type { Deps } from '../../deps.ts';
import { pushAccount } from './account.ts';

const ASK_MS = 15_000;

/**
 * The digest a registry has under a tag: null for none, undefined where it could not be asked. Where Fairlead does not reach
 * the registry, the host's engine is asked. Never rejects.
 */
export async function registryHas(
  reference: ImageReference,
  host: string,
  { config, hosts, registries }: Pick<Deps, 'config' | 'hosts' | 'registries'>,
): Promise<string | null | undefined> {
  try {
    return await digestNow(
      registries.repository(reference, 'push'),
      reference.tag ?? 'latest',
      AbortSignal.timeout(ASK_MS),
    );
  } catch {
    return askEngine();
  }

  async function askEngine(): Promise<string | null | undefined> {
    const auth = pushAccount(reference, config);
    const name = canonical({ ...reference, digest: undefined });
    const signal = AbortSignal.timeout(ASK_MS);
    const [outcome] = await hosts.each([host], (engine) => engine.inspectDistribution(name, auth, { signal }), {
      signal,
      deadlineMs: ASK_MS,
    });
    // Null is also the answer of an engine that has no such call, so it proves nothing.
    return outcome?.ok ? outcome.value?.digest : undefined;
  }
}
