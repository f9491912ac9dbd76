import { DatabaseFault, type Reasons } from '../fault.ts';
import type { ReadOnlyDatabase } from '../opened.ts';
import { addressOf } from './address.ts';
import { openPool } from './pool.ts';
import { createReading } from './reading.ts';
import { look, mustFit, NEWEST } from './schema.ts';

/**
 * Opens a database of Fairlead in transactions that the server keeps from writing. Rejects with a `UserError` for an address
 * it cannot have, with a `DatabaseFault` when it cannot be read.
 */
export async function openReadOnly(url: string): Promise<ReadOnlyDatabase> {
  const pool = await openPool(addressOf(url));
  const { shown, close } = pool;
  try {
    const sql = createReading(pool);
    const found = await sql.snapshot((view) => look(view, shown));
    if (found.version === 0) throw new DatabaseFault(shown, NOTHING);
    mustFit(found, 'read', shown);
    const { version } = found;
    return {
      sql,
      version,
      newest: NEWEST,
      mustBeNewest() {
        if (version !== NEWEST) throw new DatabaseFault(shown, otherVersion(version));
      },
      // A server with data checksums refuses a damaged page when it reads it.
      mustBeSound() {},
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The version of the database at an address; 0 where it has no tables of Fairlead. Rejects as `openReadOnly` does. */
export async function versionAt(url: string): Promise<number> {
  const pool = await openPool(addressOf(url));
  try {
    return (await createReading(pool).snapshot((view) => look(view, pool.shown))).version;
  } finally {
    await pool.close();
  }
}

const NOTHING: Reasons = {
  why: 'it has no tables of Fairlead',
  hint: 'DATABASE_URL names the database; the first `fairlead start` makes its tables.',
};

function otherVersion(version: number): Reasons {
  const hint =
    version < NEWEST ? '`fairlead start` brings it up to date.' : 'Use the newer Fairlead that brought it there.';
  return { why: `it is at version ${version}, and this Fairlead verifies version ${NEWEST}`, hint };
}
