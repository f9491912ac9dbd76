import { type Deployment, type DeploymentRow, shapeDeployment } from './deployment.ts';
import type { Lease, Leased } from './lease.ts';
import { integrityOf } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Sql, Value } from './sql.ts';

/** Changes the deployment `$1` and signs it again. Part of a transaction; undefined when `set`, with its `where`, fits none. */
export type Change = (id: string, set: string, params: readonly Value[]) => DeploymentRow | undefined;

/** The question between the waves of a deployment. Times are Unix milliseconds. */
export interface Waves {
  /** Puts the question whether a wave may begin. False when it was put before: then its terms stay. Rejects with `LeaseLost`. */
  askWave(
    lease: Lease,
    ask: { readonly wave: number; readonly at: number; readonly until: number; readonly remindEvery: number },
  ): Promise<boolean>;
  /** True for the first who lets that wave begin while it is asked for. */
  goOn(id: string, wave: number, at: number): Promise<boolean>;
  /** True when its time was up and nobody had let it begin: from then on nobody can. Rejects with `LeaseLost`. */
  closeWave(lease: Lease, wave: number, at: number): Promise<boolean>;
  /** Those that wait for somebody's word, of which people are to be reminded now. Over all processes, each reminder once. */
  remindWaves(now: number): Promise<readonly Deployment[]>;
}

const WAITS = "coalesce(gone_on, 0) < asked_wave and abort_by is null and state <> 'ended'";

export function createWaves(sql: Sql, signer: Signer, leased: Leased, change: Change): Waves {
  return {
    async askWave(lease, { wave, at, until, remindEvery }) {
      return leased(lease, () => {
        const asked = change(
          lease.deployment,
          `asked_wave = $2, asked_until = $3, ask_remind_every = $4, ask_remind_at = $5
           where id = $1 and coalesce(asked_wave, 0) < $2`,
          [wave, until, remindEvery, at + remindEvery],
        );
        return asked !== undefined;
      });
    },
    async goOn(id, wave, at) {
      const set = `gone_on = $2 where id = $1 and asked_wave = $2 and asked_until > $3 and ${WAITS}`;
      return sql.tx(() => change(id, set, [wave, at])) !== undefined;
    },
    async closeWave(lease, wave, at) {
      return leased(lease, () => {
        // A click may carry a moment before this one and be written after it.
        const set = `asked_until = 0
          where id = $1 and asked_wave = $2 and coalesce(asked_until, 0) <= $3 and coalesce(gone_on, 0) < $2`;
        return change(lease.deployment, set, [wave, at]) !== undefined;
      });
    },
    async remindWaves(now) {
      const rows = sql.all<DeploymentRow>(
        `update deployments set ask_remind_at = $1 + ask_remind_every * 2, ask_remind_every = ask_remind_every * 2
         where ask_remind_at <= $1 and asked_until > $1 and ${WAITS} returning *`,
        [now],
      );
      return rows
        .filter((row) => integrityOf(signer, 'deployments', row) !== 'forged')
        .map((row) => shapeDeployment(signer, row));
    },
  };
}
