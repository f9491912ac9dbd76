import { createLocalHints } from '../hints.ts';
import type { OpenDatabase } from '../opened.ts';
import type { Signer } from '../signer.ts';
import { addressOf } from './address.ts';
import { openPool } from './pool.ts';
import { migrate, NEWEST } from './schema.ts';
import { mustTakeWrites } from './server.ts';
import { createSql } from './sql.ts';

/** Not the time at which a transaction began. */
const CLOCK = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

/** Opens the database, up to date. Rejects with a `UserError` for an address it cannot have, with a `DatabaseFault` when it cannot be used. */
export async function openPostgres(url: string, signer: Signer): Promise<OpenDatabase> {
  const pool = await openPool(addressOf(url));
  try {
    mustTakeWrites(pool.server, pool.shown);
    const { version } = await migrate(pool, signer);
    const sql = createSql({ pool, version: NEWEST });
    const origin = version === 0 ? 'new' : 'existing';
    const software = `PostgreSQL ${pool.server.version}`;
    return { sql, origin, software, clock: CLOCK, auditWriter: undefined, hints: createLocalHints(), isShared: true };
  } catch (error) {
    await pool.close();
    throw error;
  }
}
