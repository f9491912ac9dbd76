import type { Hints } from './hints.ts';
import { onlyRow } from './rows.ts';
import { parsed } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable, Sql } from './sql.ts';

/** A message to be sent to Slack, kept until Slack has it. */
export interface PendingNote {
  /** The order in which it came; lower is earlier. */
  readonly seq: number;
  /** Where it is sent: the notes of one place are sent in their order. */
  readonly place: string;
  /** As it was given; undefined when its row is not signed: then it is said to nobody, since it would be said as Fairlead. */
  readonly note: unknown;
  /** Unix milliseconds. */
  readonly at: number;
  /** The process that is sending it; undefined when none is. */
  readonly owner?: string | undefined;
  /** How often a process has claimed it. */
  readonly attempts: number;
}

/** A note that is to be sent. */
export type NewNote = Pick<PendingNote, 'place' | 'note' | 'at'>;

/** Stores a note in the transaction that changes what it is about; without a note, nothing. */
export type AddNote = (note: NewNote | undefined) => Promise<void>;

/** Runs `work` in one transaction: if the process dies, neither the change nor its notes are there, or both are. */
export type NotingTx = <T>(work: (tx: Queryable, addNote: AddNote) => Promise<T>) => Promise<T>;

/** The note about a row that is about to be changed; undefined when there is nothing to say. Never throws. */
export type NoteOf<Row> = (row: Row) => NewNote | undefined;

/** The same, where building it takes reading: called before the transaction. Never rejects. */
export type ReadNoteOf<Row> = (row: Row) => Promise<NewNote | undefined>;

export interface Outbox {
  add(note: NewNote): Promise<void>;
  /** The first note of each place, oldest first. */
  next(limit: number): Promise<readonly PendingNote[]>;
  /** Claims a note for the process `by`; false when another process claimed or sent it since it was read. */
  claim(note: PendingNote, by: string): Promise<boolean>;
  /** Releases a note that was not sent: any process may claim it. */
  release(seq: number, by: string): Promise<void>;
  /** How many notes wait, and since when the oldest does, in Unix milliseconds. */
  backlog(): Promise<{ readonly count: number; readonly oldestAt: number | undefined }>;
  /** Removes a note that was sent, or never will be. */
  remove(seq: number, by: string): Promise<void>;
}

interface Row {
  readonly seq: number;
  readonly place: string;
  readonly note: string;
  readonly at: number;
  readonly owner: string | null;
  readonly taken: number;
}

/** The hint that there is something to send. */
export const OUTBOX = 'outbox';

/**
 * The text of a row: a note and its MAC, for this place and time. A row that is put back after it was sent is sent again, to
 * the same place and with its time.
 */
interface Signed {
  readonly note: string;
  readonly mac: string;
}

export function createNotingTx(sql: Pick<Sql, 'tx'>, signer: Signer, hints: Pick<Hints, 'tell'>): NotingTx {
  return async (work) => {
    let isAdded = false;
    const done = await sql.tx((tx) =>
      work(tx, async (note) => {
        if (note === undefined) return;
        await insert(tx, signer, note);
        isAdded = true;
      }),
    );
    // Not before the commit: the process that hears it would find nothing.
    if (isAdded) hints.tell(OUTBOX);
    return done;
  };
}

async function insert(tx: Queryable, signer: Signer, { place, note, at }: NewNote): Promise<void> {
  const text = JSON.stringify(note);
  const signed: Signed = { note: text, mac: signer.mac(OUTBOX, [place, text, at]) };
  await tx.query(
    `insert into outbox (seq, place, note, at)
     values ((select coalesce(max(seq), 0) + 1 from outbox), $1, $2, $3)`,
    [place, JSON.stringify(signed), at],
  );
}

export function createOutbox(sql: Sql, signer: Signer, notingTx: NotingTx): Outbox {
  const noteOf = ({ place, note: stored, at }: Row): unknown => {
    const { note, mac } = (parsed(stored) as Partial<Signed> | null | undefined) ?? {};
    if (typeof note !== 'string' || typeof mac !== 'string') return undefined;
    return signer.fits(OUTBOX, [place, note, at], mac) ? parsed(note) : undefined;
  };
  return {
    add: (note) => notingTx((_, addNote) => addNote(note)),
    async next(limit) {
      const rows = await sql.query<Row>(
        `select seq, place, note, at, owner, taken from outbox
         where seq in (select min(seq) from outbox group by place) order by seq limit $1`,
        [limit],
      );
      return rows.map((row) => {
        const { seq, place, at, taken, owner } = row;
        return { seq, place, at, note: noteOf(row), attempts: taken, ...(owner === null ? {} : { owner }) };
      });
    },
    async claim({ seq, owner, attempts }, by) {
      const mine = await sql.query(
        `update outbox set owner = $1, taken = taken + 1
         where seq = $2 and coalesce(owner, '') = $3 and taken = $4 returning seq`,
        [by, seq, owner ?? '', attempts],
      );
      return mine.length === 1;
    },
    async release(seq, by) {
      await sql.query('update outbox set owner = null where seq = $1 and owner = $2', [seq, by]);
    },
    async backlog() {
      const rows = await sql.query<{ count: number; oldest: number | null }>(
        'select count(*) as count, min(at) as oldest from outbox',
      );
      const { count, oldest } = onlyRow(rows);
      return { count, oldestAt: oldest ?? undefined };
    },
    async remove(seq, by) {
      await sql.query('delete from outbox where seq = $1 and owner = $2', [seq, by]);
    },
  };
}
