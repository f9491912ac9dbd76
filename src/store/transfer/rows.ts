import type { Queryable, Value } from '../sql.ts';

/** Rows written by one statement: 30 columns of each are far below the 32766 parameters that SQLite takes. */
const WRITTEN_AT_ONCE = 100;

type Row = Readonly<Record<string, Value>>;

/**
 * Copies all rows of those tables, which both databases have with the same columns, and changes none: numbers, hashes and
 * MACs are what they were. `to` has no rows but those that its schema begins with. Some hundred rows are in memory at once.
 */
export async function copyRows(from: Queryable, to: Queryable, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    // The schema begins with the head of an empty log.
    if (table === 'audit_head') await to.query('delete from audit_head');
    await copyTable(from, to, table);
  }
}

async function copyTable(from: Queryable, to: Queryable, table: string): Promise<void> {
  let rows: Row[] = [];
  for await (const row of from.each<Row>(`select * from ${table}`)) {
    rows.push(row);
    if (rows.length < WRITTEN_AT_ONCE) continue;
    await insert(to, table, rows);
    rows = [];
  }
  // One by one, so that a table has two statements to be prepared, and not one for each number of rows.
  for (const row of rows) await insert(to, table, [row]);
}

async function insert(to: Queryable, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const params: Value[] = [];
  const places = rows.map((row) => `(${columns.map((name) => `$${params.push(row[name] ?? null)}`).join(', ')})`);
  const names = columns.map((name) => `"${name}"`).join(', ');
  await to.query(`insert into ${table} (${names}) values ${places.join(', ')}`, params);
}
