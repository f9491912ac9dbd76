import { canonical, type ImageReference } from '../../../domain/reference.ts';
import { readDigest } from '../../../registry/manifest.ts';
import { digestNow } from '../../../registry/promote/digest-now.ts';
import type { Deps } from '../../deps.ts';
import { orRefused } from './registry-words.ts';
import { everyHost } from './rules.ts';
import type { RegistryTagPlan } from './types.ts';

/** What a tag within a registry would do. Nothing is touched. Throws a `UserError` with what the registry refused. */
export async function planInRegistry(
  { source, target }: { readonly source: ImageReference; readonly target: ImageReference },
  { config, redact, registries }: Pick<Deps, 'config' | 'redact' | 'registries'>,
  signal: AbortSignal,
): Promise<RegistryTagPlan> {
  const digest = await orRefused({ reference: source, purpose: 'pull', config, redact }, () =>
    readDigest(registries.repository(source), source.digest ?? source.tag ?? 'latest', signal),
  );
  const before = await orRefused({ reference: target, purpose: 'push', config, redact }, () =>
    digestNow(registries.repository(target, 'push'), target.tag ?? 'latest', signal),
  );
  return {
    kind: 'registry',
    hosts: everyHost(config),
    source: canonical(source),
    target: canonical(target),
    digest,
    before,
  };
}
