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
}

export interface Jobs {
  /** Stores a job for whichever process takes it first. */
  add(job: { readonly id: string; readonly task: object; readonly at: number }): Promise<void>;
  /**
   * Takes a job: once over all processes, and once more when the time of the process that took it is up. Undefined when it
   * is taken, over or withdrawn. `until`: by then this process has ended it, or was cut off; in Unix milliseconds.
   */
  take(id: string, owner: string, time: { readonly now: number; readonly until: number }): Promise<Job | undefined>;
  /** Marks a taken job as over and forgets its content. */
  end(job: Pick<Job, 'id' | 'owner' | 'attempt'>): Promise<void>;
  /** True when it was withdrawn: nobody has taken it, and nobody will. */
  withdraw(id: string): Promise<boolean>;
  /** How many wait for a process to take them, and since when the oldest does, in Unix milliseconds. */
  backlog(): Promise<{ readonly count: number; readonly oldestAt: number | undefined }>;
  /** Those that are waiting since `storedBefore`, and those whose process was cut off by `now`: oldest first, 100 at most. */
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
}

/** How long it is remembered that a job is over: a queue may deliver a message again for days. */
const KEPT_MS = 14 * 24 * 60 * 60_000;

export function createJobs(sql: Sql, signer: Signer, { current, former = [] }: RecordKeys): Jobs {
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
    add: ({ id, task, at }) =>
      sql.tx(async (tx) => {
        await tx.query("delete from jobs where at < $1 and state in ('ended', 'withdrawn')", [at - KEPT_MS]);
        const rows = await tx.query<Row>(
          "insert into jobs (id, at, sealed, state, attempt) values ($1, $2, $3, 'waiting', 0) returning *",
          [id, at, seal(sealing, `job ${id}`, JSON.stringify(task))],
        );
        await sign(signing(tx), onlyRow(rows));
      }),
    async take(id, owner, { now, until }) {
      const set = `state = 'taken', owner = $2, attempt = attempt + 1, until = $4
        where id = $1 and (state = 'waiting' or (state = 'taken' and until <= $3))`;
      const row = await change(id, set, [owner, now, until]);
      if (!row) return undefined;
      const { at, attempt } = row;
      return { id, at, attempt, owner, task: taskOf(row), integrity: integrityOf(signer, 'jobs', row) };
    },
    async end({ id, owner, attempt }) {
      const set = "state = 'ended', sealed = null where id = $1 and owner = $2 and attempt = $3 and state = 'taken'";
      await change(id, set, [owner, attempt]);
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
