import { onlyRow } from './rows.ts';
import { changeSigned, integrityOf, type SignedRow, sign } from './signed.ts';
import type { Integrity, Signer } from './signer.ts';
import type { Sql } from './sql.ts';

/** How a program that was run in a container ended, as far as its reader saw. */
export type ExecEnd =
  | 'exited'
  /** The bound in the container ended it. */
  | 'timed-out'
  /** Its person stopped it, or Fairlead was shut down. */
  | 'stopped'
  /** It wrote more than is read. */
  | 'too-long'
  /** The connection broke; it may have gone on. */
  | 'lost';

/** One program that was run in a container. Times are Unix milliseconds. */
export interface ExecRecord {
  /** The id of its request. */
  readonly id: string;
  readonly at: number;
  readonly person: string;
  readonly channel: string;
  readonly host: string;
  readonly container: string;
  /** The command line, redacted. */
  readonly line: string;
  /** The timed grant it was run under. */
  readonly granted: string | undefined;
  /** Undefined while it runs, and after a crash. */
  readonly end: ExecOutcome | undefined;
  readonly integrity: Integrity;
}

export interface ExecOutcome {
  readonly ended: ExecEnd;
  readonly exitCode: number | undefined;
  readonly ms: number;
  /** Of the whole output that was read, redacted: bytes as UTF-8, and their SHA-256. */
  readonly bytes: number;
  readonly sha256: string;
  /** The beginning of the same. */
  readonly kept: string;
}

export interface Execs {
  begin(record: Omit<ExecRecord, 'end' | 'integrity'>): Promise<void>;
  finish(id: string, outcome: ExecOutcome): Promise<void>;
  get(id: string): Promise<ExecRecord | undefined>;
  /** What was run under a grant, oldest first. */
  ofGrant(grant: string): Promise<readonly ExecRecord[]>;
}

interface Row extends SignedRow {
  readonly id: string;
  readonly at: number;
  readonly person: string;
  readonly channel: string;
  readonly host: string;
  readonly container: string;
  readonly line: string;
  readonly granted: string | null;
  readonly ended: string | null;
  readonly exit_code: number | null;
  readonly ms: number | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly kept: string | null;
}

export function createExecs(sql: Sql, signer: Signer): Execs {
  const byId = 'select * from execs where id = $1';
  return {
    begin: (record) =>
      sql.tx(async (tx) => {
        const { id, at, person, channel, host, container, line, granted } = record;
        const rows = await tx.query<Row>(
          `insert into execs (id, at, person, channel, host, container, line, granted)
           values ($1, $2, $3, $4, $5, $6, $7, $8) returning *`,
          [id, at, person, channel, host, container, line, granted ?? null],
        );
        await sign({ tx, signer, table: 'execs' }, onlyRow(rows));
      }),
    finish: (id, { ended, exitCode, ms, bytes, sha256, kept }) =>
      sql.tx(async (tx) => {
        const [row] = await tx.query<Row>(byId, [id]);
        await changeSigned({ tx, signer, table: 'execs' }, row, () =>
          tx.query<Row>(
            `update execs set ended = $2, exit_code = $3, ms = $4, bytes = $5, sha256 = $6, kept = $7
             where id = $1 and ended is null returning *`,
            [id, ended, exitCode ?? null, ms, bytes, sha256, kept],
          ),
        );
      }),
    get: async (id) => (await sql.query<Row>(byId, [id])).map((row) => shape(signer, row))[0],
    ofGrant: async (grant) =>
      (await sql.query<Row>('select * from execs where granted = $1 order by at, id', [grant])).map((row) =>
        shape(signer, row),
      ),
  };
}

function shape(signer: Signer, row: Row): ExecRecord {
  const { id, at, person, channel, host, container, line } = row;
  const end: ExecOutcome | undefined =
    row.ended === null
      ? undefined
      : {
          ended: row.ended as ExecEnd,
          exitCode: row.exit_code ?? undefined,
          ms: row.ms ?? 0,
          bytes: row.bytes ?? 0,
          sha256: row.sha256 ?? '',
          kept: row.kept ?? '',
        };
  const granted = row.granted ?? undefined;
  return { id, at, person, channel, host, container, line, granted, end, integrity: integrityOf(signer, 'execs', row) };
}
