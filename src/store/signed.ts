import type { Integrity, Signer } from './signer.ts';
import type { Queryable, Value } from './sql.ts';

/** A table whose rows carry a MAC in `mac`. What a lease, a reminder or a redraw changes is not covered. */
interface SignedTable {
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** Columns that came later: part of the MAC where they hold a value, so that rows from before keep theirs. */
  readonly later?: readonly string[];
  /** Not there when signing began: the table is younger, or its MACs came with a step of their own (`Migration.signs`). */
  readonly isLater?: true;
}

export const SIGNED_TABLES = {
  approvals: {
    key: ['id'],
    columns: `id command service line channel requested_by requested_at expires_at plan hash state decided_by decided_at
      verdict finished_at`.split(/\s+/u),
    later: ['reason'],
  },
  votes: { key: ['approval', 'person'], columns: ['approval', 'person', 'at', 'factor'] },
  deployments: {
    key: ['id'],
    columns: `id approval command service line channel requested_by started_by plan hash created_at break_glass state
      attempt abort_by abort_at asked_wave asked_until gone_on verdict detail finished_at`.split(/\s+/u),
    later: ['abort_reason', 'handed_on'],
  },
  verified: {
    key: ['service', 'host', 'digest'],
    columns: ['service', 'host', 'digest', 'tag', 'repository', 'deployment', 'by', 'at', 'verdict'],
  },
  reviews: {
    key: ['deployment'],
    columns: 'deployment service channel person reason opened_at due_at signed_by signed_at'.split(' '),
  },
  execs: {
    key: ['id'],
    columns: 'id at person channel host container line granted ended exit_code ms bytes sha256 kept'.split(' '),
    isLater: true,
  },
  exec_grants: {
    key: ['id'],
    columns: 'id person channel host container allowed reason approved_by begins_at until ended_at ended_by'.split(' '),
    isLater: true,
  },
  jobs: { key: ['id'], columns: 'id at sealed state owner attempt until'.split(' '), isLater: true },
  host_verdicts: {
    key: ['deployment', 'host'],
    columns: ['deployment', 'host', 'verdict', 'detail', 'at'],
    isLater: true,
  },
  runs: { key: ['id'], columns: 'id host container name person channel until ended_at'.split(' '), isLater: true },
} as const satisfies Record<string, SignedTable>;
export type SignedName = keyof typeof SIGNED_TABLES;
export const SIGNED_NAMES = Object.keys(SIGNED_TABLES) as SignedName[];

/** Whether the table had MACs when signing began. */
export const isOfBeginning = (table: SignedName): boolean => !('isLater' in SIGNED_TABLES[table]);

export type SignedRow = { readonly mac: string | null };

/** Marks a MAC that says no more than that the row was there when signing began. */
const BEFORE = 'before:';

export function integrityOf(signer: Signer, table: SignedName, row: SignedRow): Integrity {
  const { mac } = row;
  if (typeof mac !== 'string') return 'forged';
  const fields = fieldsOf(table, row);
  if (mac.startsWith(BEFORE))
    return signer.fits(`${BEFORE}${table}`, fields, mac.slice(BEFORE.length)) ? 'before' : 'forged';
  return signer.fits(table, fields, mac) ? 'signed' : 'forged';
}

function fieldsOf(table: SignedName, row: object): Value[] {
  const values = row as Readonly<Record<string, Value | undefined>>;
  const { columns, later = [] }: SignedTable = SIGNED_TABLES[table];
  const added = later.filter((column) => (values[column] ?? null) !== null);
  return [
    ...columns.map((column) => values[column] ?? null),
    ...added.flatMap((column) => [column, values[column] ?? null]),
  ];
}

/** Where a row is signed: in the transaction that wrote it. */
export interface Signing {
  readonly tx: Queryable;
  readonly signer: Signer;
  readonly table: SignedName;
}

/** Signs a row as it is stored, and gives it back so. */
export function sign<Row extends object>({ tx, signer, table }: Signing, row: Row): Promise<Row & SignedRow> {
  return withMac(tx, table, row, signer.mac(table, fieldsOf(table, row)));
}

/** Signs a row that was there before signing began. */
export function signBefore<Row extends object>({ tx, signer, table }: Signing, row: Row): Promise<Row & SignedRow> {
  return withMac(tx, table, row, `${BEFORE}${signer.mac(`${BEFORE}${table}`, fieldsOf(table, row))}`);
}

/**
 * Changes one row with `update`, which returns it as it is then, and signs it as far as it was signed: what was forged
 * stays so. Undefined when there is no such row, or `update` changed none.
 */
export async function changeSigned<Row extends SignedRow>(
  signing: Signing,
  before: Row | undefined,
  update: () => Promise<readonly Row[]>,
): Promise<Row | undefined> {
  if (!before) return undefined;
  const integrity = integrityOf(signing.signer, signing.table, before);
  const [after] = await update();
  if (!after || integrity === 'forged') return after;
  return integrity === 'signed' ? sign(signing, after) : signBefore(signing, after);
}

async function withMac<Row extends object>(
  tx: Queryable,
  table: SignedName,
  row: Row,
  mac: string,
): Promise<Row & SignedRow> {
  const { key } = SIGNED_TABLES[table];
  const values = row as Readonly<Record<string, Value>>;
  const where = key.map((column, index) => `${column} = $${index + 2}`).join(' and ');
  await tx.query(`update ${table} set mac = $1 where ${where}`, [mac, ...key.map((column) => values[column] ?? null)]);
  return { ...row, mac };
}

/** Stored JSON; undefined when somebody put something else there. */
export function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
