import type { Repository } from '../calls.ts';
import { readDigest } from '../manifest.ts';
import { unlessMissing } from './missing.ts';

/** The digest that a tag stands for now; null for none. Rejects with a `RegistryError` where the registry does not say. */
export async function digestNow(repository: Repository, tag: string, signal: AbortSignal): Promise<string | null> {
  return (await unlessMissing(readDigest(repository, tag, signal))) ?? null;
}
