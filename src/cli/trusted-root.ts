import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, UserError } from '../domain/errors.ts';

const TIMEOUT_MS = 10_000;

/** Prints the public Sigstore's trusted root of today, fetched by TUF and verified from the one that is shipped. */
export async function trustedRootCommand(): Promise<number> {
  const { initTUF } = await import('@sigstore/tuf');
  const cachePath = await mkdtemp(join(tmpdir(), 'fairlead-tuf-'));
  try {
    const client = await initTUF({ cachePath, retry: { retries: 1 }, timeout: TIMEOUT_MS });
    process.stdout.write(await client.getTarget('trusted_root.json'));
    return 0;
  } catch (error) {
    throw new UserError(
      'unreachable',
      `The trusted root of Sigstore could not be fetched from tuf-repo-cdn.sigstore.dev: ${messageOf(error)}`,
      'Without it the shipped one is used, which needs no network.',
    );
  } finally {
    await rm(cachePath, { recursive: true, force: true });
  }
}
