import type { RegistryAuth } from '../../../docker/client/call-options.ts';
import type { Engine } from '../../../docker/client/engine.ts';
import { EngineError } from '../../../docker/client/engine-error.ts';
import { parseReference } from '../../../domain/reference.ts';
import type { Deps } from '../../deps.ts';
import { registryAuth } from './target.ts';

const REGISTRY_MS = 5000;

type Image = { readonly repository: string; readonly digest: string };

/**
 * Platforms that a registry has an image for, asked by the engine and then by Fairlead: an engine says none of an OCI manifest.
 * None where neither knows within 5 s each.
 */
export async function offeredPlatforms(
  { repository, digest }: Image,
  engine: Engine,
  deps: Pick<Deps, 'config' | 'tags'>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const reference = { ...parseReference(repository), tag: undefined, digest };
  const said = await askEngine(engine, `${repository}@${digest}`, registryAuth(repository, deps.config), signal);
  return said.length > 0 ? said : deps.tags.platforms(reference, signal);
}

async function askEngine(
  engine: Engine,
  reference: string,
  auth: RegistryAuth | undefined,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(REGISTRY_MS)]);
  try {
    return (await engine.inspectDistribution(reference, auth, { signal: limit }))?.platforms ?? [];
  } catch (error) {
    // The pull asks again, before anything is stopped.
    if (error instanceof EngineError && !signal.aborted) return [];
    throw error;
  }
}
