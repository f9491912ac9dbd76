import { onlyRow } from './rows.ts';
import { keyFrom, seal, unseal } from './sealed.ts';
import { changeSigned, integrityOf, type SignedRow, sign } from './signed.ts';
import type { Integrity, RecordKeys, Signer } from './signer.ts';
import type { Queryable, Sql, Value } from './sql.ts';

/** A request that one process accepted for another to carry out. */
export interface Job {
  readonly id: string;
  /** When it was stored, in Unix milliseconds. */
  readonly at: number;
  /** What is to be done, as JSON; undefined when it cannot be read with today's key. */
  readonly task: unknown;
  /** Counts how often it was taken: more than once if a process that took it was cut off. */
  readonly attempt: number;
  readonly owner: string;
  readonly integrity: Integrity;
  /** Its person was told that it is not carried out: it was neither confirmed nor taken within its time. */
  readonly isLate: boolean;
}

export interface NewJob {
  readonly id: string;
  readonly task: object;
  /** Unix milliseconds. */
  readonly at: number;
  /**
   * How long a process may take it without a confirmation, in milliseconds by the database's clock: that of the process that
   * stores it may stand still. Asked when the row is written.
   */
  confirmWithinMs(): number;
}

export interface Jobs {
  /** Stores a job for whichever process takes it first. */
  add(job: NewJob): Promise<void>;
  /** Says that its person hears that it is carried out. False when that is too late: then no process will. */
  confirm(id: string): Promise<boolean>;
  /**
   * Takes a job: once over all processes, and once more when the time of the process that took it is up. Undefined when it
   * is taken, over or withdrawn. `until`: by then this process has ended it, or was cut off; in Unix milliseconds.
   */
  take(id: string, owner: string, time: { readonly now: number; readonly until: number }): Promise<Job | undefined>;
  /** A job that nobody has taken, as far as its row says, and that is not late. */
  waiting(id: string): Promise<Pick<Job, 'at' | 'task'> | undefined>;
  /**
   * Marks a taken job as over and forgets its content, also where its row says that it was never taken: it was put back. Resolves
   * to whether it was.
   */
  end(job: Pick<Job, 'id' | 'owner' | 'attempt'>): Promise<boolean>;
  /** True when it was withdrawn: nobody has taken it, and nobody will. */
  withdraw(id: string): Promise<boolean>;
  /** How many wait for a process to take them, and since when the oldest does, in Unix milliseconds. */
  backlog(): Promise<{ readonly count: number; readonly oldestAt: number | undefined }>;
  /** Jobs that are waiting since `storedBefore`, and those whose process was cut off by `now`: oldest first, 100 at most. */
  untaken(time: { readonly now: number; readonly storedBefore: number }): Promise<readonly UntakenJob[]>;
}

export type UntakenJob = Pick<Job, 'id' | 'attempt'>;

interface Row extends SignedRow {
  readonly id: string;
  readonly at: number;
  readonly sealed: string | null;
  readonly state: 'waiting' | 'taken' | 'ended' | 'withdrawn';
  readonly owner: string | null;
  readonly attempt: number;
  readonly until: number | null;
  /** Not part of its MAC: at most a request of its person is refused, or carried out though they were told otherwise. */
  readonly confirm_by: number | null;
}

/** How long it is remembered that a job is over: a queue may deliver a message again for days. */
const KEPT_MS = 14 * 24 * 60 * 60_000;

export interface JobsOptions {
  readonly sql: Sql;
  readonly signer: Signer;
  /** Milliseconds by the database's clock, in SQL. */
  readonly clock: string;
  readonly keys: RecordKeys;
}

export function createJobs({ sql, signer, clock, keys: { current, former = [] } }: JobsOptions): Jobs {
  const keys = [current, ...former].map((key) => keyFrom(key, 'requests handed over'));
  const [sealing = Buffer.alloc(0)] = keys;
  const signing = (tx: Queryable) => ({ tx, signer, table: 'jobs' as const });

  const change = (id: string, set: string, params: readonly Value[]): Promise<Row | undefined> =>
    sql.tx(async (tx) => {
      const [row] = await tx.query<Row>('select * from jobs where id = $1', [id]);
      const update = () => tx.query<Row>(`update jobs set ${set} returning *`, [id, ...params]);
      return changeSigned(signing(tx), row, update);
    });

  const taskOf = ({ id, sealed }: Row): unknown => {
    for (const key of keys) {
      try {
        return JSON.parse(unseal(key, `job ${id}`, sealed ?? '')) as unknown;
      } catch {
        // Sealed under another key.
      }
    }
    return undefined;
  };

  return {
    add: ({ id, task, at, confirmWithinMs }) =>
      sql.tx(async (tx) => {
        await tx.query("delete from jobs where at < $1 and state in ('ended', 'withdrawn')", [at - KEPT_MS]);
        const rows = await tx.query<Row>(
          `insert into jobs (id, at, sealed, state, attempt, confirm_by) values ($1, $2, $3, 'waiting', 0, ${clock} + $4)
           returning *`,
          [id, at, seal(sealing, `job ${id}`, JSON.stringify(task)), Math.ceil(confirmWithinMs())],
        );
        await sign(signing(tx), onlyRow(rows));
      }),
    async confirm(id) {
      const isInTime = `confirm_by is null or confirm_by > ${clock}`;
      const set = `confirm_by = null where id = $1 and state <> 'withdrawn' and (${isInTime}) returning id`;
      return (await sql.atomic(`update jobs set ${set}`, [id])).length === 1;
    },
    async take(id, owner, { now, until }) {
      const set = `state = 'taken', owner = $2, attempt = attempt + 1, until = $4,
        confirm_by = case when confirm_by <= ${clock} then confirm_by end
        where id = $1 and (state = 'waiting' or (state = 'taken' and until <= $3))`;
      const row = await change(id, set, [owner, now, until]);
      if (!row) return undefined;
      const { at, attempt, confirm_by: missed } = row;
      const integrity = integrityOf(signer, 'jobs', row);
      return { id, at, attempt, owner, task: taskOf(row), integrity, isLate: missed !== null };
    },
    async waiting(id) {
      const isWaiting = `state = 'waiting' and (confirm_by is null or confirm_by > ${clock})`;
      const [row] = await sql.query<Row>(`select * from jobs where id = $1 and ${isWaiting}`, [id]);
      return row && { at: row.at, task: taskOf(row) };
    },
    async end({ id, owner, attempt }) {
      const isMine = "(state = 'taken' and owner = $2 and attempt = $3) or (state = 'waiting' and attempt < $3)";
      const row = await change(id, `state = 'ended', sealed = null where id = $1 and (${isMine})`, [owner, attempt]);
      return row !== undefined && row.attempt < attempt;
    },
    async withdraw(id) {
      const set = "state = 'withdrawn', sealed = null where id = $1 and state = 'waiting'";
      return (await change(id, set, [])) !== undefined;
    },
    async backlog() {
      const { count, oldest } = onlyRow(
        await sql.query<{ count: number; oldest: number | null }>(
          "select count(*) as count, min(at) as oldest from jobs where state = 'waiting'",
        ),
      );
      return { count, oldestAt: oldest ?? undefined };
    },
    untaken: ({ now, storedBefore }) =>
      sql.query<UntakenJob>(
        `select id, attempt from jobs
         where (state = 'waiting' and at <= $1) or (state = 'taken' and until <= $2)
         order by at, id limit 100`,
        [storedBefore, now],
      ),
  };
}
