import { onlyRow } from './rows.ts';
import { changeSigned, integrityOf, type SignedRow, sign } from './signed.ts';
import type { Integrity, Signer } from './signer.ts';
import type { Sql } from './sql.ts';

/** A container that lives for a time: made by `/run --rm`, and removed by whichever worker sees that its time is up. */
export interface RunRecord {
  /** The id of its request, which is in a label of the container too. */
  readonly id: string;
  readonly host: string;
  /** The container's full id. */
  readonly container: string;
  readonly name: string;
  readonly person: string;
  readonly channel: string;
  /** Unix milliseconds. */
  readonly until: number;
  readonly integrity: Integrity;
}

export interface Runs {
  begin(run: Omit<RunRecord, 'integrity'>): Promise<void>;
  /** Those whose time is up, each to one process, and again after `pauseMs` until it has ended. */
  due(now: number, pauseMs: number): Promise<readonly RunRecord[]>;
  ended(id: string, at: number): Promise<void>;
}

interface Row extends SignedRow {
  readonly id: string;
  readonly host: string;
  readonly container: string;
  readonly name: string;
  readonly person: string;
  readonly channel: string;
  readonly until: number;
}

export function createRuns(sql: Sql, signer: Signer): Runs {
  return {
    begin: ({ id, host, container, name, person, channel, until }) =>
      sql.tx(async (tx) => {
        const rows = await tx.query<Row>(
          `insert into runs (id, host, container, name, person, channel, until)
           values ($1, $2, $3, $4, $5, $6, $7) returning *`,
          [id, host, container, name, person, channel, until],
        );
        await sign({ tx, signer, table: 'runs' }, onlyRow(rows));
      }),
    async due(now, pauseMs) {
      // A date in the future is from before the clock was set back.
      const rows = await sql.query<Row>(
        `update runs set tried_at = $1 where ended_at is null and until <= $1 and (tried_at <= $2 or tried_at > $1)
         returning *`,
        [now, now - pauseMs],
      );
      return rows.map((row) => ({ ...shape(row), integrity: integrityOf(signer, 'runs', row) }));
    },
    ended: (id, at) =>
      sql.tx(async (tx) => {
        const [row] = await tx.query<Row>('select * from runs where id = $1', [id]);
        await changeSigned({ tx, signer, table: 'runs' }, row, () =>
          tx.query<Row>('update runs set ended_at = $2 where id = $1 and ended_at is null returning *', [id, at]),
        );
      }),
  };
}

const shape = ({ id, host, container, name, person, channel, until }: Row) => ({
  id,
  host,
  container,
  name,
  person,
  channel,
  until,
});
