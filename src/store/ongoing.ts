import type { Hints } from './hints.ts';
import { onlyRow } from './rows.ts';
import type { Sql } from './sql.ts';

/** A request that goes on for a while and can be stopped by its own person, such as a followed log or a pull. */
export interface OngoingRequest {
  /** The request's id. */
  readonly id: string;
  readonly person: string;
  /** The process that carries it out. */
  readonly owner: string;
  /** Unix milliseconds until which it counts as one that its person has under way. */
  readonly until: number;
}

/** Requests that go on, over all processes on a store. */
export interface Ongoing {
  begin(request: OngoingRequest): Promise<void>;
  end(id: string): Promise<void>;
  /** How many a person has under way. */
  count(person: string, now: number): Promise<number>;
  /** Asks the process that carries it out to stop; that hears of it by the hint `ongoing`. */
  stop(id: string, person: string): Promise<'stopped' | 'unknown' | 'not_yours'>;
  /** The process that carries it out; undefined for what does not go on. */
  ownerOf(id: string): Promise<string | undefined>;
  /** Those of a process that are to stop. */
  stopped(owner: string): Promise<readonly { readonly id: string; readonly by: string }[]>;
  /** Forgets all of a process that has ended. */
  forget(owner: string): Promise<void>;
}

/** The hint that a request is to stop. */
export const ONGOING = 'ongoing';

export function createOngoing(sql: Sql, hints: Pick<Hints, 'tell'>): Ongoing {
  return {
    async begin({ id, person, owner, until }) {
      await sql.atomic('insert into ongoing (id, person, owner, until) values ($1, $2, $3, $4)', [
        id,
        person,
        owner,
        until,
      ]);
    },
    async end(id) {
      await sql.atomic('delete from ongoing where id = $1', [id]);
    },
    async count(person, now) {
      const rows = await sql.query<{ count: number }>(
        'select count(*) as count from ongoing where person = $1 and until > $2 and stopped_by is null',
        [person, now],
      );
      return onlyRow(rows).count;
    },
    async stop(id, person) {
      const [row] = await sql.query<{ person: string }>('select person from ongoing where id = $1', [id]);
      if (!row) return 'unknown';
      if (row.person !== person) return 'not_yours';
      await sql.atomic('update ongoing set stopped_by = $2 where id = $1', [id, person]);
      hints.tell(ONGOING);
      return 'stopped';
    },
    async ownerOf(id) {
      const [row] = await sql.query<{ owner: string }>('select owner from ongoing where id = $1', [id]);
      return row?.owner;
    },
    stopped: (owner) =>
      sql.query<{ id: string; by: string }>(
        'select id, stopped_by as by from ongoing where owner = $1 and stopped_by is not null',
        [owner],
      ),
    async forget(owner) {
      await sql.query('delete from ongoing where owner = $1', [owner]);
    },
  };
}
