import { openForReading } from './database.ts';
import { explainFaults } from './fault.ts';
import { createSigner, type RecordKeys } from './signer.ts';
import { type Verification, verify } from './verify.ts';
import type { SavedHead } from './verify-audit.ts';

/**
 * Verifies a database without opening it for writing: nothing is created, brought up to date or tidied up. Rejects with a
 * `UserError` when there is no whole database of this version to verify.
 */
export function inspect(url: string, keys: RecordKeys, saved?: SavedHead): Promise<Verification> {
  return explainFaults('Nothing was verified', async () => {
    const database = await openForReading(url);
    try {
      database.mustBeNewest();
      database.mustBeSound();
      return await verify(database.sql, createSigner(keys), saved);
    } finally {
      await database.close();
    }
  });
}
