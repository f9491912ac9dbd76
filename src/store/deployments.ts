import { type Approval, type Closed, closed } from './approval.ts';
import { decide, findApproval, finishApproval } from './approvals.ts';
import { insertAll } from './audit.ts';
import type { AuditEntry } from './audit-records.ts';
import {
  type Deployment,
  type DeploymentRow,
  type HostOutcome,
  type JournalEntry,
  shapeDeployment,
} from './deployment.ts';
import { type Lease, type Leased, LeaseLost } from './lease.ts';
import { type Lock, lockAgainst } from './locks.ts';
import { openReview } from './reviews.ts';
import { changeSigned, parsed, sign } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Sql } from './sql.ts';
import { recordServed, recordVersion, type Version } from './versions.ts';
import { type Change, createWaves, type Waves } from './waves.ts';

export interface Start {
  /** The new deployment's id. */
  readonly id: string;
  readonly approval: string;
  readonly hosts: readonly string[];
  /** Whose answer completed it, or who broke the glass. */
  readonly by: string;
  readonly at: number;
  /** Opens a review, due by then, in the same transaction. */
  readonly breakGlass?: { readonly reason: string; readonly reviewBy: number };
  /** What served and was healthy when the plan was made, for returning to. */
  readonly served?: readonly Version[];
}

export type Started =
  | { readonly won: true; readonly approval: Approval; readonly deployment: Deployment }
  /** The question is closed. */
  | { readonly won: false; readonly why: Closed; readonly approval: Approval | undefined }
  /** Another deployment of this service has not ended on that host; the question stays open. */
  | { readonly won: false; readonly why: 'busy'; readonly host: string; readonly deployment: string }
  /** Somebody other than the requester keeps others from deploying; the question stays open. */
  | { readonly won: false; readonly why: 'locked'; readonly lock: Lock };

export interface End {
  readonly verdict: string;
  readonly detail?: unknown;
  readonly at: number;
  /** What passed its gate, for going back to. */
  readonly verified?: readonly Version[];
  /** What served and was healthy as the deployment began. */
  readonly served?: readonly Version[];
  readonly record?: AuditEntry;
}

export interface Deployments extends Waves {
  /** Approves the question and queues its deployment, in one transaction: either both or neither, and only once. */
  start(start: Start): Promise<Started>;
  /**
   * The oldest one queued or released, and none of those in `except`. Over all processes, each is claimed once. One whose
   * row is forged is claimed too, to be ended.
   */
  claim(
    owner: string,
    now: number,
    except?: readonly string[],
  ): Promise<{ lease: Lease; deployment: Deployment } | undefined>;
  /** False when the lease is lost. */
  heartbeat(lease: Lease, now: number): Promise<boolean>;
  /** Gives the deployment back to be claimed at once, as at a shutdown. */
  release(lease: Lease): Promise<void>;
  /** Releases what another process holds, unless a heartbeat has come since the one that was seen. True when it was released. */
  releaseSilent(lease: Lease, seenHeartbeatAt: number): Promise<boolean>;
  /** Durable when it resolves, and a heartbeat as well. Rejects with `LeaseLost`. */
  phase(lease: Lease, entry: { host: string; phase: string; note?: unknown; at: number }): Promise<void>;
  /** Rejects with `LeaseLost`. */
  hostVerdict(lease: Lease, outcome: HostOutcome): Promise<void>;
  /** Ends it, frees what it held, and remembers and records what came of it: all or nothing. Rejects with `LeaseLost`. */
  finish(lease: Lease, end: End): Promise<void>;
  get(id: string): Promise<Deployment | undefined>;
  byApproval(approval: string): Promise<Deployment | undefined>;
  /** Queued or running, oldest first. */
  running(): Promise<readonly Deployment[]>;
  /** The last begun first, whatever the clock said, without forged ones: of one service or of all, asked for in one channel or in any, by one person or by any. */
  recent(query: {
    readonly service?: string;
    readonly channel?: string;
    readonly requestedBy?: string;
    readonly limit: number;
  }): Promise<readonly Deployment[]>;
  /** Oldest first. */
  journal(id: string): Promise<readonly JournalEntry[]>;
  hosts(id: string): Promise<readonly HostOutcome[]>;
  /** The deployments that hold a service, on these hosts or on any. */
  holding(service: string): Promise<readonly { readonly host: string; readonly deployment: string }[]>;
  /** True for the first who asks while it has not ended. */
  requestAbort(id: string, by: string, at: number, reason?: string): Promise<boolean>;
}

export function createDeployments(sql: Sql, signer: Signer): Deployments {
  const shaped = (row: DeploymentRow) => shapeDeployment(signer, row);
  const rowOf = (column: 'id' | 'approval', value: string) =>
    sql.all<DeploymentRow>(`select * from deployments where ${column} = $1`, [value])[0];
  const one = (column: 'id' | 'approval', value: string) => {
    const row = rowOf(column, value);
    return row && shaped(row);
  };
  /** Part of a transaction. The new row; undefined when none was changed. */
  const change: Change = (id, set, params) =>
    changeSigned({ sql, signer, table: 'deployments' }, rowOf('id', id), () =>
      sql.all<DeploymentRow>(`update deployments set ${set} returning *`, [id, ...params]),
    );
  /** Runs `work` in one transaction, if the lease still holds. */
  const leased: Leased = (lease, work) =>
    sql.tx(() => {
      const held = sql.all(
        "select id from deployments where id = $1 and owner = $2 and attempt = $3 and state = 'running'",
        [lease.deployment, lease.owner, lease.attempt],
      );
      if (held.length === 0) throw new LeaseLost(lease);
      return work();
    });
  const beat = (lease: Lease, now: number) =>
    sql.all(
      // By the wall clock, which may be set back: whether the owner lives is told by its changing, not by its value.
      `update deployments set heartbeat_at = $4
       where id = $1 and owner = $2 and attempt = $3 and state = 'running' returning id`,
      [lease.deployment, lease.owner, lease.attempt, now],
    ).length === 1;
  return {
    start: async (start) => startOne(sql, signer, start),
    async claim(owner, now, except = []) {
      const others = ['', ...except].map((_, index) => `$${index + 1}`).join(', ');
      const due = `select id from deployments
        where (state = 'queued' or (state = 'running' and heartbeat_at = 0)) and id not in (${others})
        order by created_at, id limit 1`;
      const params = ['', ...except];
      // Asked every other second: the write lock is taken only when there is something to write.
      if (sql.all(due, params).length === 0) return undefined;
      const row = sql.tx(() => {
        const id = sql.all<{ id: string }>(due, params)[0]?.id;
        if (id === undefined) return undefined;
        const set =
          "state = 'running', owner = $2, attempt = attempt + 1, heartbeat_at = $3, claimed_at = $3 where id = $1";
        return change(id, set, [owner, now]);
      });
      if (!row) return undefined;
      return { lease: { deployment: row.id, owner, attempt: row.attempt }, deployment: shaped(row) };
    },
    heartbeat: async (lease, now) => beat(lease, now),
    release: async ({ deployment, owner, attempt }) => {
      sql.all(
        "update deployments set heartbeat_at = 0 where id = $1 and owner = $2 and attempt = $3 and state = 'running'",
        [deployment, owner, attempt],
      );
    },
    releaseSilent: async ({ deployment, owner, attempt }, seen) =>
      sql.all(
        `update deployments set heartbeat_at = 0
         where id = $1 and owner = $2 and attempt = $3 and heartbeat_at = $4 and state = 'running' returning id`,
        [deployment, owner, attempt, seen],
      ).length === 1,
    async phase(lease, { host, phase, note, at }) {
      leased(lease, () => {
        beat(lease, at);
        sql.all(
          `insert into phases (deployment, seq, attempt, host, phase, note, at)
           select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6 from phases where deployment = $1`,
          [lease.deployment, lease.attempt, host, phase, JSON.stringify(note ?? null), at],
        );
      });
    },
    async hostVerdict(lease, { host, verdict, detail, at }) {
      leased(lease, () => {
        sql.all(
          `insert into host_verdicts (deployment, host, verdict, detail, at) values ($1, $2, $3, $4, $5)
           on conflict (deployment, host) do update set verdict = $3, detail = $4, at = $5`,
          [lease.deployment, host, verdict, JSON.stringify(detail ?? null), at],
        );
      });
    },
    ...createWaves(sql, signer, leased, change),
    async finish(lease, { verdict, detail, at, verified = [], served = [], record }) {
      leased(lease, () => {
        for (const version of served) recordServed(sql, signer, version);
        for (const version of verified) recordVersion(sql, signer, version);
        if (record) insertAll(sql, signer, [{ entry: record }]);
        const ended = change(
          lease.deployment,
          "state = 'ended', verdict = $2, detail = $3, finished_at = $4 where id = $1",
          [verdict, JSON.stringify(detail ?? null), at],
        );
        sql.all('delete from held where deployment = $1', [lease.deployment]);
        const { approval = '' } = ended ?? {};
        finishApproval(sql, signer, { id: approval, verdict, at });
        sql.all('update approvals set sealed = null where id = $1', [approval]);
      });
    },
    get: async (id) => one('id', id),
    byApproval: async (approval) => one('approval', approval),
    async running() {
      const rows = sql.all<DeploymentRow>("select * from deployments where state <> 'ended' order by created_at, id");
      return rows.map(shaped);
    },
    async recent({ service, channel, requestedBy, limit }) {
      const rows = sql.all<DeploymentRow>(
        `select * from deployments where ($1 = '' or service = $1) and ($2 = '' or channel = $2)
           and ($3 = '' or requested_by = $3)
         order by rowid desc limit $4`,
        [service ?? '', channel ?? '', requestedBy ?? '', limit],
      );
      return rows.map(shaped).filter(({ integrity }) => integrity !== 'forged');
    },
    async journal(id) {
      const rows = sql.all<Omit<JournalEntry, 'note'> & { note: string }>(
        'select seq, attempt, host, phase, note, at from phases where deployment = $1 order by seq',
        [id],
      );
      return rows.map((row) => ({ ...row, note: parsed(row.note) }));
    },
    async hosts(id) {
      const rows = sql.all<Omit<HostOutcome, 'detail'> & { detail: string }>(
        'select host, verdict, detail, at from host_verdicts where deployment = $1 order by at, host',
        [id],
      );
      return rows.map((row) => ({ ...row, detail: parsed(row.detail) }));
    },
    holding: async (service) =>
      sql
        .all<{ host: string; deployment: string }>(
          'select host, deployment from held where service = $1 order by host',
          [service],
        )
        .map(({ host, deployment }) => ({ host, deployment })),
    async requestAbort(id, by, at, reason) {
      const set =
        "abort_by = $2, abort_at = $3, abort_reason = $4 where id = $1 and abort_by is null and state <> 'ended'";
      return sql.tx(() => change(id, set, [by, at, reason ?? null])) !== undefined;
    },
  };
}

function startOne(sql: Sql, signer: Signer, start: Start): Started {
  const { id, approval: question, hosts, by, at, breakGlass, served = [] } = start;
  return sql.tx((): Started => {
    const asked = findApproval(sql, signer, question);
    const why = closed(asked, at);
    if (!asked || why) return { won: false, why: why ?? 'unknown', approval: asked };
    const { service, command, line, channel, requestedBy, plan, hash } = asked;
    if (service === undefined) throw new Error(`The question ${question} is not about a service.`);
    const obstacle = obstacleTo(sql, { service, hosts, person: requestedBy, at, locks: breakGlass === undefined });
    if (obstacle) return obstacle;
    const decided = decide(sql, signer, { id: question, state: 'approved', by, at });
    if (!decided.won) return decided;
    const row = sql.all<DeploymentRow>(
      `insert into deployments (id, approval, command, service, line, channel, requested_by, started_by, plan, hash, created_at, break_glass, state, attempt)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'queued', 0) returning *`,
      [
        id,
        question,
        command,
        service,
        line,
        channel,
        requestedBy,
        by,
        JSON.stringify(plan),
        hash,
        at,
        breakGlass?.reason ?? null,
      ],
    )[0] as DeploymentRow;
    for (const host of hosts)
      sql.all('insert into held (service, host, deployment) values ($1, $2, $3)', [service, host, id]);
    for (const version of served) recordServed(sql, signer, version);
    if (breakGlass) openReview(sql, signer, { deployment: id, service, channel, person: by, at, ...breakGlass });
    return {
      won: true,
      approval: decided.approval,
      deployment: shapeDeployment(signer, sign(sql, signer, 'deployments', row)),
    };
  });
}

function obstacleTo(
  sql: Sql,
  want: { service: string; hosts: readonly string[]; person: string; at: number; locks: boolean },
): Extract<Started, { why: 'busy' | 'locked' }> | undefined {
  for (const host of want.hosts) {
    const other = sql.all<{ deployment: string }>('select deployment from held where service = $1 and host = $2', [
      want.service,
      host,
    ])[0];
    if (other) return { won: false, why: 'busy', host, deployment: other.deployment };
    const lock = want.locks ? lockAgainst(sql, { ...want, host }) : undefined;
    if (lock) return { won: false, why: 'locked', lock };
  }
  return undefined;
}
