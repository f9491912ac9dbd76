import type { Signer } from './signer.ts';
import type { Queryable } from './sql.ts';

/** The newest record of the audit log. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
  /** The first record that has a MAC of its own. */
  readonly signedFrom: number;
}

interface HeadRow {
  readonly seq: number;
  readonly hash: string;
  readonly signed_from: number;
  readonly mac: string | null;
}

const DOMAIN = 'audit head';

/** The fields its MAC covers. The domain is not that of a record: a record's MAC cannot be used for a head. */
const fieldsOf = ({ seq, hash, signedFrom }: AuditHead) => [seq, hash, signedFrom];

/** Undefined when there is none. `signed` says whether its MAC fits. */
export async function readHead(
  sql: Pick<Queryable, 'query'>,
  signer: Signer,
): Promise<(AuditHead & { readonly signed: boolean }) | undefined> {
  const [row] = await sql.query<HeadRow>('select seq, hash, signed_from, mac from audit_head where one = 1');
  if (!row) return undefined;
  const head = { seq: row.seq, hash: row.hash, signedFrom: row.signed_from };
  return { ...head, signed: typeof row.mac === 'string' && signer.fits(DOMAIN, fieldsOf(head), row.mac) };
}

/** Part of a transaction. */
export async function signHead(tx: Queryable, signer: Signer, head: AuditHead): Promise<void> {
  await tx.query('update audit_head set seq = $1, hash = $2, signed_from = $3, mac = $4 where one = 1', [
    ...fieldsOf(head),
    signer.mac(DOMAIN, fieldsOf(head)),
  ]);
}

/** The text of a head that is printed, saved elsewhere and compared: `1042:9f86…`. */
export function headText({ seq, hash }: Pick<AuditHead, 'seq' | 'hash'>): string {
  return `${seq}:${hash}`;
}
