import type { OpenDatabase } from '../opened.ts';
import type { Signer } from '../signer.ts';
import { createSharedTime } from '../time.ts';
import { addressOf } from './address.ts';
import { createSharedHints } from './hints.ts';
import { openPool, type Pool } from './pool.ts';
import { migrate, NEWEST } from './schema.ts';
import { CLOCK, mustTakeWrites } from './server.ts';
import { createSql } from './sql.ts';

/** Opens the database, up to date. Rejects with a `UserError` for an address it cannot have, with a `DatabaseFault` when it cannot be used. */
export async function openPostgres(url: string, signer: Signer, connecting?: Promise<Pool>): Promise<OpenDatabase> {
  const pool = await (connecting ?? openPool(addressOf(url)));
  try {
    mustTakeWrites(pool.server, pool.shown);
    const { version } = await migrate(pool, signer);
    const hints = createSharedHints(pool);
    const sql = createSql({ pool, version: NEWEST });
    const close = async () => {
      await hints.close();
      await sql.close();
    };
    const origin = version === 0 ? 'new' : 'existing';
    const software = `PostgreSQL ${pool.server.version}`;
    return {
      sql: { ...sql, close },
      origin,
      software,
      clock: CLOCK,
      auditWriter: undefined,
      hints,
      isShared: true,
      time: createSharedTime(sql, CLOCK, pool.server.aheadMs),
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}
