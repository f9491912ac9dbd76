import { onlyRow } from './rows.ts';
import type { Sql } from './sql.ts';

/** What a process does: take what Slack sends, carry on what outlasts a request, or both. */
export type Role = 'receiver' | 'worker' | 'both';

/** A process on the store. */
export interface Replica {
  readonly id: string;
  readonly role: Role;
  readonly version: string;
  /** The name of its machine or container. */
  readonly machine: string;
  /** Fingerprint of its config, under the key of the records. */
  readonly config: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
}

/** A replica as it is stored. Alive is the one whose `beat` changes; what time anything says is never compared. */
export interface KnownReplica extends Replica {
  readonly beat: number;
  /** Unix milliseconds by its own clock: comparable with what others on its machine say. */
  readonly seenAt: number;
}

export interface Replicas {
  /** A heartbeat. Removes replicas whose last one is older than a day by this process's clock; the living come back with their next. */
  beat(self: Replica, now: number): Promise<void>;
  /** All that are known, the oldest first. */
  list(): Promise<readonly KnownReplica[]>;
  remove(id: string): Promise<void>;
}

const KEPT_MS = 24 * 60 * 60_000;

export function createReplicas(sql: Sql): Replicas {
  return {
    async beat({ id, role, version, machine, config, startedAt }, now) {
      const rows = await sql.atomic<{ beat: number }>(
        `insert into replicas (id, role, version, machine, config, started_at, seen_at, beat)
         values ($1, $2, $3, $4, $5, $6, $7, 1)
         on conflict (id) do update set seen_at = $7, beat = replicas.beat + 1 returning beat`,
        [id, role, version, machine, config, startedAt, now],
      );
      if (onlyRow(rows).beat % CLEAN_EVERY !== 1) return;
      await sql.query('delete from replicas where seen_at <= $1', [now - KEPT_MS]);
    },
    list: () =>
      sql.query<KnownReplica>(
        `select id, role, version, machine, config, started_at as "startedAt", seen_at as "seenAt", beat from replicas
         order by started_at, id limit ${MOST_LISTED}`,
      ),
    async remove(id) {
      await sql.query('delete from replicas where id = $1', [id]);
    },
  };
}

const CLEAN_EVERY = 100;
const MOST_LISTED = 200;
