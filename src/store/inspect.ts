import { UserError } from '../domain/errors.ts';
import { DatabaseFault, withFaults } from './fault.ts';
import { pathOf } from './location.ts';
import { NEWEST } from './migrations.ts';
import { openReadOnly } from './read-only.ts';
import { createSigner, type RecordKeys } from './signer.ts';
import { mustBeSound } from './sound.ts';
import { type Verification, verify } from './verify.ts';
import type { SavedHead } from './verify-audit.ts';

/**
 * Verifies a database without opening it for writing: nothing is created, brought up to date or tidied up. Throws a
 * `UserError` when there is no whole database of this version to verify.
 */
export function inspect(url: string, keys: RecordKeys, saved?: SavedHead): Verification {
  const signer = createSigner(keys);
  const path = pathOf(url);
  return saying('Nothing was verified', () => {
    const { sql, version, close } = openReadOnly(path);
    try {
      return withFaults(path, () => {
        mustBeNewest(path, version);
        mustBeSound(sql);
        return verify(sql, signer, saved);
      });
    } finally {
      close();
    }
  });
}

function mustBeNewest(path: string, version: number): void {
  if (version === NEWEST) return;
  throw new DatabaseFault(path, {
    why: `it is at version ${version}, and this Fairlead verifies version ${NEWEST}`,
    hint: '`fairlead start` brings it up to date.',
  });
}

/** Throws a `UserError` instead of a `DatabaseFault`: what did not happen, with which database, and why. */
function saying<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    throw new UserError('not_found', `${what}: ${error.path} cannot be used: ${error.why}.`, error.hint);
  }
}
