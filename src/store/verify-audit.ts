import { chain, RECORD } from './audit.ts';
import { type AuditHead, headText, readHead } from './audit-head.ts';
import type { AuditEntry } from './audit-records.ts';
import { parsed } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable } from './sql.ts';

export type AuditVerification =
  | { readonly ok: true; readonly records: number; readonly head: string; readonly signedFrom: number }
  | {
      readonly ok: false;
      readonly records: number;
      readonly problem: 'changed' | 'missing' | 'reordered' | 'unsigned' | 'head' | 'saved_head';
      readonly seq: number;
      readonly text: string;
    };

/** A head that was printed earlier and kept elsewhere. */
export type SavedHead = Pick<AuditHead, 'seq' | 'hash'>;

type Columns = Record<
  'at' | 'kind' | 'person' | 'channel' | 'command' | 'decision' | 'outcome',
  string | number | null
>;
interface Row extends Columns {
  readonly seq: number;
  readonly entry: string;
  readonly prev: string;
  readonly hash: string;
  readonly mac: string | null;
}

/** Walks the whole log and names the first fault. Reads row by row, in a snapshot. */
export async function verifyAudit(view: Queryable, signer: Signer, saved?: SavedHead): Promise<AuditVerification> {
  const head = await readHead(view, signer);
  const signedFrom = head?.signed ? head.signedFrom : 1;
  let prev = '';
  let records = 0;
  const bad = (problem: Extract<AuditVerification, { ok: false }>['problem'], seq: number, text: string) => ({
    ok: false as const,
    records,
    problem,
    seq,
    text,
  });
  for await (const row of view.each<Row>('select * from audit order by seq')) {
    const { seq } = row;
    if (seq !== records + 1)
      return bad('missing', records + 1, `Record ${records + 1} is missing: after ${records} comes ${seq}.`);
    const fault = faultOf(row, prev);
    if (fault) return bad(fault.problem, seq, fault.text);
    if (seq >= signedFrom && !(typeof row.mac === 'string' && signer.fits(RECORD, [seq, row.hash], row.mac)))
      return bad(
        'unsigned',
        seq,
        `Record ${seq} was not signed with this FAIRLEAD_RECORD_KEY: it is forged, or the key is another.`,
      );
    if (seq === saved?.seq && row.hash !== saved.hash)
      return bad('saved_head', seq, `Record ${seq} is not the one whose head was saved: the log was rewritten.`);
    prev = row.hash;
    records = seq;
  }
  if (!head || head.seq > records)
    return bad(
      'missing',
      records + 1,
      `Record ${records + 1} is missing: the newest should be ${head?.seq ?? 'known'}.`,
    );
  if (!head.signed)
    return bad(
      'head',
      records,
      'The head of the log was not signed with this FAIRLEAD_RECORD_KEY: the log may have been cut.',
    );
  if (head.seq !== records || head.hash !== prev)
    return bad('head', records, `The newest record is not the one the log ended with (${head.seq}).`);
  if (saved && saved.seq > records)
    return bad(
      'saved_head',
      records + 1,
      `The log ends at record ${records}; the saved head is of ${saved.seq}. Its end was cut off.`,
    );
  return { ok: true, records, head: headText(head), signedFrom };
}

function faultOf(row: Row, prev: string): { problem: 'changed' | 'reordered'; text: string } | undefined {
  const { seq } = row;
  if (chain(row.prev, seq, row.entry) !== row.hash)
    return { problem: 'changed', text: `Record ${seq} was changed: its hash does not fit its text.` };
  if (row.prev !== prev) {
    const text = `Record ${seq} does not follow the one before it: one of them was moved or replaced.`;
    return { problem: 'reordered', text };
  }
  if (columnsFit(row)) return undefined;
  return { problem: 'changed', text: `Record ${seq} was changed: its columns do not fit its text.` };
}

// The columns are there to be searched; a record whose columns lie would hide from a search.
function columnsFit(row: Row): boolean {
  // The chain has no key: a forged record with a fitting hash may hold any text.
  const entry = parsed(row.entry) as AuditEntry | null | undefined;
  if (entry == null) return false;
  return (
    row.at === entry.at &&
    row.kind === entry.kind &&
    row.person === entry.person &&
    row.channel === entry.channel &&
    row.command === entry.command &&
    row.decision === (entry.decision ?? null) &&
    row.outcome === (entry.outcome ?? null)
  );
}
