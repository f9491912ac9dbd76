import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { copyDatabase } from './database.ts';
import { explainFaults } from './fault.ts';
import type { ReadOnlyDatabase } from './opened.ts';
import { createSigner, type RecordKeys, type Signer } from './signer.ts';
import { type Verification, verify } from './verify.ts';

/** A copy of the database, and what reading it again found. */
export interface Backup {
  readonly path: string;
  readonly bytes: number;
  /** Of its schema. */
  readonly version: number;
  /** Undefined for an older version: its records can be verified once this Fairlead has started on it. */
  readonly verification: Verification | undefined;
  /** Deployments that had not ended at that moment. */
  readonly underWay: number;
}

export interface BackupOptions {
  readonly keys: RecordKeys;
  /** Whether a file that is there may be replaced. */
  readonly overwrite: boolean;
}

/**
 * Copies the database while it is used, of either kind, to a file of SQLite that only this user may read, and verifies the
 * copy: its pages, its tables, the audit chain and every signature. A file appears at `target` only when all of it is there and sound. Rejects
 * with a `UserError` when there is no backup.
 */
export async function backUp(url: string, target: string, { keys, overwrite }: BackupOptions): Promise<Backup> {
  const signer = createSigner(keys);
  const found = await explainFaults('No backup was made', () =>
    copyDatabase(url, { target, overwrite, signer }, (copy) => examine(copy, signer)),
  );
  const path = resolve(target);
  return { path, bytes: statSync(path).size, ...found };
}

async function examine(copy: ReadOnlyDatabase, signer: Signer): Promise<Omit<Backup, 'path' | 'bytes'>> {
  copy.mustBeSound(true);
  const { sql, version, newest } = copy;
  if (version !== newest) return { version, verification: undefined, underWay: 0 };
  const [running] = await sql.query<{ count: number }>(
    "select count(*) as count from deployments where state <> 'ended'",
  );
  return { version, verification: await verify(sql, signer), underWay: running?.count ?? 0 };
}
