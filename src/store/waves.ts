import { type Deployment, type DeploymentRow, shapeDeployment } from './deployment.ts';
import type { Lease, Leased } from './lease.ts';
import type { NewNote, NotingTx, ReadNoteOf } from './outbox.ts';
import { integrityOf } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable, Sql, Value } from './sql.ts';

/** What has become known of a wave since its approval was requested. Not verified: what is done by it reads the deployment. */
export type WaveNews = Pick<Deployment, 'abortBy' | 'approvedWave' | 'waveExpiresAt'>;

/** Part of a deployment's row that is changed: `set` with its `where`, in which `$1` is the id, and `params` from `$2` on. */
export interface RowChange {
  readonly id: string;
  readonly set: string;
  readonly params: readonly Value[];
}

/** Changes a deployment and signs it again, as part of a transaction; undefined when `set`, with its `where`, fits none. */
export type Change = (tx: Queryable, change: RowChange) => Promise<DeploymentRow | undefined>;

/** The approval of each wave of a deployment after the first. Times are Unix milliseconds. */
export interface Waves {
  /** Requests approval for a wave, with a note. False when it was requested before, on terms that stay. Rejects with `LeaseLost`. */
  requestWave(
    lease: Lease,
    ask: { readonly wave: number; readonly at: number; readonly until: number; readonly remindEvery: number },
    note?: NewNote,
  ): Promise<boolean>;
  /** Undefined when there is no such deployment. Asked twice a second, so the plan is not read. */
  waveNews(id: string): Promise<WaveNews | undefined>;
  /** Approves a wave that is requested and has not expired. True for the first who does. */
  approveWave(id: string, wave: number, at: number): Promise<boolean>;
  /** Ends a request whose time is up. True when nobody had approved the wave; nobody can from then on. Rejects with `LeaseLost`. */
  expireWave(lease: Lease, wave: number, at: number): Promise<boolean>;
  /** Deployments that wait for approval of a wave, and whose approvers are to be reminded now, with notes. Over all processes, each reminder once. */
  remindWaves(now: number, noteOf?: ReadNoteOf<Deployment>): Promise<readonly Deployment[]>;
}

const WAITS = "coalesce(gone_on, 0) < asked_wave and abort_by is null and state <> 'ended'";

export interface WaveAccess {
  readonly sql: Sql;
  readonly signer: Signer;
  readonly leased: Leased;
  readonly notingTx: NotingTx;
  readonly change: Change;
  /** Tells other processes that a deployment is to be continued. */
  tell(): void;
}

export function createWaves({ sql, signer, leased, notingTx, change, tell }: WaveAccess): Waves {
  return {
    requestWave: (lease, { wave, at, until, remindEvery }, note) =>
      leased(lease, async (tx, addNote) => {
        const asked = await change(tx, {
          id: lease.deployment,
          set: `asked_wave = $2, asked_until = $3, ask_remind_every = $4, ask_remind_at = $5
           where id = $1 and coalesce(asked_wave, 0) < $2`,
          params: [wave, until, remindEvery, at + remindEvery],
        });
        if (asked) await addNote(note);
        return asked !== undefined;
      }),
    async waveNews(id) {
      const [row] = await sql.query<Pick<DeploymentRow, 'abort_by' | 'gone_on' | 'asked_until'>>(
        'select abort_by, gone_on, asked_until from deployments where id = $1',
        [id],
      );
      if (!row) return undefined;
      const { abort_by: abortBy, gone_on: approvedWave, asked_until: waveExpiresAt } = row;
      return {
        abortBy: abortBy ?? undefined,
        approvedWave: approvedWave ?? undefined,
        waveExpiresAt: waveExpiresAt ?? undefined,
      };
    },
    async approveWave(id, wave, at) {
      const isFirst = await sql.tx(async (tx) => {
        const set = `gone_on = $2 where id = $1 and asked_wave = $2 and asked_until > $3 and ${WAITS}`;
        return (await change(tx, { id, set, params: [wave, at] })) !== undefined;
      });
      tell();
      return isFirst;
    },
    expireWave: (lease, wave, at) =>
      leased(lease, async (tx) => {
        // An earlier click may be written later than this.
        const set = `asked_until = 0
          where id = $1 and asked_wave = $2 and coalesce(asked_until, 0) <= $3 and coalesce(gone_on, 0) < $2`;
        return (await change(tx, { id: lease.deployment, set, params: [wave, at] })) !== undefined;
      }),
    async remindWaves(now, noteOf = async () => undefined) {
      const due = `ask_remind_at <= $1 and asked_until > $1 and ${WAITS}`;
      const reminded: Deployment[] = [];
      const rows = await sql.query<DeploymentRow>(`select * from deployments where ${due} order by created_at, id`, [
        now,
      ]);
      for (const row of rows) {
        const isForged = integrityOf(signer, 'deployments', row) === 'forged';
        const deployment = shapeDeployment(signer, row);
        const note = isForged ? undefined : await noteOf(deployment);
        const isOurs = await notingTx(async (tx, addNote) => {
          const set = `update deployments set ask_remind_at = $1 + ask_remind_every * 2, ask_remind_every = ask_remind_every * 2
            where id = $2 and ${due} returning id`;
          const changed = await tx.query(set, [now, deployment.id]);
          if (changed.length === 1) await addNote(note);
          return changed.length === 1;
        });
        if (isOurs && !isForged) reminded.push(deployment);
      }
      return reminded;
    },
  };
}
