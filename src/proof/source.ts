import { readBlob } from '../registry/blob.ts';
import type { Registries } from '../registry/client.ts';
import { RegistryError } from '../registry/errors.ts';
import { explainRegistry } from '../registry/explain.ts';
import { readManifest } from '../registry/manifest.ts';
import { readReferrers } from '../registry/referrers.ts';
import type { Source } from './collect.ts';
import type { Pinned } from './types.ts';

/** The repository of an image in its registry, with the account of the config for pulling. */
export function registrySource(registries: Pick<Registries, 'repository'>, image: Pinned, signal: AbortSignal): Source {
  const repository = registries.repository(image);
  return {
    manifest: (tagOrDigest) =>
      readManifest(repository, tagOrDigest, signal).catch((error) => {
        if (error instanceof RegistryError && error.fault === 'not_found') return undefined;
        throw inWords(error);
      }),
    referrers: (digest) => readReferrers(repository, digest, { signal }).catch(refuse),
    blob: (digest, most) => readBlob(repository, digest, { most, signal }).catch(refuse),
  };
}

function refuse(error: unknown): never {
  throw inWords(error);
}

function inWords(error: unknown): unknown {
  if (!(error instanceof RegistryError)) return error;
  const said = error.said === '' ? '' : ` It says: ${error.said}`;
  return new Error(`${explainRegistry(error).summary}${said}`, { cause: error });
}
