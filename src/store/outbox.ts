import { parsed } from './signed.ts';
import type { Sql } from './sql.ts';

/** Something to be said in Slack: kept until it has been said. */
export interface Waiting {
  /** The order in which it came; lower is earlier. */
  readonly seq: number;
  /** Where it is said: what is said in one place is said in its order. */
  readonly place: string;
  /** As it was given. */
  readonly note: unknown;
  /** Unix milliseconds. */
  readonly at: number;
  /** The process that tries it now; undefined when none does. */
  readonly owner?: string | undefined;
  /** How often it was tried. */
  readonly taken: number;
}

export interface Outbox {
  add(note: Pick<Waiting, 'place' | 'note' | 'at'>): Promise<void>;
  /** The first of each place, oldest first. */
  firsts(limit: number): Promise<readonly Waiting[]>;
  /** Lets `by` try it; false when another process took it, or it has been said, since it was looked at. */
  take(waiting: Waiting, by: string): Promise<boolean>;
  /** It was not said: whoever looks next may try it. */
  putBack(seq: number, by: string): Promise<void>;
  /** It was said, or will never be. */
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

export function createOutbox(sql: Sql): Outbox {
  return {
    async add({ place, note, at }) {
      await sql.tx((tx) =>
        tx.query(
          `insert into outbox (seq, place, note, at)
           values ((select coalesce(max(seq), 0) + 1 from outbox), $1, $2, $3)`,
          [place, JSON.stringify(note), at],
        ),
      );
    },
    async firsts(limit) {
      const rows = await sql.query<Row>(
        `select seq, place, note, at, owner, taken from outbox
         where seq in (select min(seq) from outbox group by place) order by seq limit $1`,
        [limit],
      );
      return rows.map(({ owner, note, ...row }) => ({
        ...row,
        note: parsed(note),
        ...(owner === null ? {} : { owner }),
      }));
    },
    async take({ seq, owner, taken }, by) {
      const mine = await sql.query(
        `update outbox set owner = $1, taken = taken + 1
         where seq = $2 and coalesce(owner, '') = $3 and taken = $4 returning seq`,
        [by, seq, owner ?? '', taken],
      );
      return mine.length === 1;
    },
    async putBack(seq, by) {
      await sql.query('update outbox set owner = null where seq = $1 and owner = $2', [seq, by]);
    },
    async remove(seq, by) {
      await sql.query('delete from outbox where seq = $1 and owner = $2', [seq, by]);
    },
  };
}
