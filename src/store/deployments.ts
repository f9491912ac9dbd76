import { CHANGES } from './changes.ts';
import {
  type Deployment,
  type DeploymentRow,
  type HostOutcome,
  type JournalEntry,
  OPEN_COLUMNS,
  type OpenDeployment,
  shapeDeployment,
  shapeOpen,
} from './deployment.ts';
import { type End, finishDeployment } from './finish-deployment.ts';
import type { Hints } from './hints.ts';
import { hostVerdictsOf, recordHostVerdict } from './host-verdicts.ts';
import { type Lease, type Leased, LeaseLost } from './lease.ts';
import type { NewNote, NotingTx } from './outbox.ts';
import { type Reopening, reopenDeployment } from './reopen-deployment.ts';
import { changeSigned, parsed } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable, Sql, Value } from './sql.ts';
import { type Start, type Started, startDeployment } from './start-deployment.ts';
import { type Change, createWaves, type Waves } from './waves.ts';

export type { Start, Started } from './start-deployment.ts';

export interface Deployments extends Waves {
  /** Decides the approval and queues its deployment, in one transaction: both or neither, and only once. */
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
  /** Releases the deployment at a shutdown, to be claimed at once. */
  release(lease: Lease): Promise<void>;
  /** Releases the deployment between two waves: the process that claims it next goes on with it. False when the lease is lost. */
  handOn(lease: Lease): Promise<boolean>;
  /** Releases another process's deployment, unless a heartbeat came since the one that was seen. True when it was released. */
  releaseSilent(lease: Lease, seenHeartbeatAt: number): Promise<boolean>;
  /** Appends to the journal; counts as a heartbeat. On disk when it resolves. Rejects with `LeaseLost`. */
  phase(lease: Lease, entry: { host: string; phase: string; note?: unknown; at: number }): Promise<void>;
  /** Records how a host ended, with a note. Rejects with `LeaseLost`. */
  hostVerdict(lease: Lease, outcome: Omit<HostOutcome, 'integrity'>, note?: NewNote): Promise<void>;
  /** Ends the deployment: releases its claims, stores its versions, verdict and note, and appends its audit record, all or nothing. Rejects with `LeaseLost`. */
  finish(lease: Lease, end: End): Promise<void>;
  /** Ended as `needs_attention`, and started since then; the first started first. */
  needingAttention(since: number): Promise<readonly OpenDeployment[]>;
  /** Opens one that has ended again, for the process that claims it next. Resolves to the hosts it holds; to none when it stays ended. */
  reopen(reopening: Reopening): Promise<readonly string[]>;
  get(id: string): Promise<Deployment | undefined>;
  byApproval(approval: string): Promise<Deployment | undefined>;
  /** Who asked to abort it; undefined while nobody has. Asked every second, so the plan is not read with it. */
  abortedBy(id: string): Promise<string | undefined>;
  /** Queued or running, oldest first. */
  running(): Promise<readonly OpenDeployment[]>;
  /** Deployments without forged ones, in the reverse order of their starts: of one service or of all, in one channel or in any, by one person or by any. */
  recent(query: {
    readonly service?: string;
    readonly channel?: string;
    readonly requestedBy?: string;
    readonly limit: number;
  }): Promise<readonly Deployment[]>;
  /** Oldest first. */
  journal(id: string): Promise<readonly JournalEntry[]>;
  /** Without forged ones. */
  hosts(id: string): Promise<readonly HostOutcome[]>;
  /** The hosts of a service that a deployment has claimed until it ends: no other may start there. */
  claims(service: string): Promise<readonly { readonly host: string; readonly deployment: string }[]>;
  /** Requests an abort; true for the first request while the deployment has not ended. */
  requestAbort(id: string, by: string, at: number, reason?: string): Promise<boolean>;
}

/** The hint that a deployment is to be carried out, continued or aborted. */
export const DEPLOYMENTS = 'deployments';

interface DeploymentAccess {
  readonly sql: Sql;
  readonly signer: Signer;
  readonly hints: Pick<Hints, 'tell'>;
  readonly notingTx: NotingTx;
}

export function createDeployments({ sql, signer, hints, notingTx }: DeploymentAccess): Deployments {
  const tell = () => hints.tell(DEPLOYMENTS);
  const told = <T>(outcome: T): T => {
    tell();
    return outcome;
  };
  const tellReceivers = (receivers: readonly string[] = []) => {
    if (receivers.length > 0) hints.tell(CHANGES);
  };
  const all = async (text: string, params: readonly Value[] = []) =>
    (await sql.query<DeploymentRow>(text, params)).map((row) => shapeDeployment(signer, row));
  const change: Change = async (tx, { id, set, params }) => {
    const [row] = await tx.query<DeploymentRow>('select * from deployments where id = $1', [id]);
    return changeSigned({ tx, signer, table: 'deployments' }, row, () =>
      tx.query<DeploymentRow>(`update deployments set ${set} returning *`, [id, ...params]),
    );
  };
  const leased: Leased = (lease, work) =>
    notingTx(async (tx, addNote) => {
      const mine = await tx.query(
        "select id from deployments where id = $1 and owner = $2 and attempt = $3 and state = 'running'",
        [lease.deployment, lease.owner, lease.attempt],
      );
      if (mine.length === 0) throw new LeaseLost(lease);
      return work(tx, addNote);
    });
  return {
    async start(start) {
      const started = told(await startDeployment(sql, signer, start));
      tellReceivers(start.tell);
      return started;
    },
    claim: (owner, now, except = []) => claim({ sql, signer, change }, { owner, now, except }),
    heartbeat: (lease, now) => beat(sql, lease, now),
    async release({ deployment, owner, attempt }) {
      await sql.query(
        "update deployments set heartbeat_at = 0 where id = $1 and owner = $2 and attempt = $3 and state = 'running'",
        [deployment, owner, attempt],
      );
    },
    handOn: ({ deployment, owner, attempt }) =>
      sql.tx(async (tx) => {
        const set =
          "handed_on = attempt, heartbeat_at = 0 where id = $1 and owner = $2 and attempt = $3 and state = 'running'";
        return (await change(tx, { id: deployment, set, params: [owner, attempt] })) !== undefined;
      }),
    async releaseSilent({ deployment, owner, attempt }, seen) {
      const released = await sql.query(
        `update deployments set heartbeat_at = 0
         where id = $1 and owner = $2 and attempt = $3 and heartbeat_at = $4 and state = 'running' returning id`,
        [deployment, owner, attempt, seen],
      );
      return released.length === 1;
    },
    phase: (lease, { host, phase, note, at }) =>
      leased(lease, async (tx) => {
        await beat(tx, lease, at);
        await tx.query(
          `insert into phases (deployment, seq, attempt, host, phase, note, at)
           select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6 from phases where deployment = $1`,
          [lease.deployment, lease.attempt, host, phase, JSON.stringify(note ?? null), at],
        );
      }),
    hostVerdict: (lease, outcome, note) =>
      leased(lease, async (tx, addNote) => {
        await recordHostVerdict(tx, signer, lease.deployment, outcome);
        await addNote(note);
      }),
    ...createWaves({ sql, signer, leased, notingTx, change, tell }),
    async finish(lease, end) {
      await leased(lease, async (tx, addNote) => {
        await finishDeployment(tx, { signer, change }, lease, end);
        await addNote(end.note);
      });
      tellReceivers(end.tell);
    },
    async needingAttention(since) {
      const left = `select ${OPEN_COLUMNS} from deployments
        where verdict = 'needs_attention' and created_at >= $1 order by created_at, id`;
      return (await sql.query<DeploymentRow>(left, [since])).map(shapeOpen);
    },
    reopen: (reopening) => sql.tx((tx) => reopenDeployment(tx, { signer, change }, reopening)).then(told),
    get: async (id) => (await all('select * from deployments where id = $1', [id]))[0],
    byApproval: async (approval) => (await all('select * from deployments where approval = $1', [approval]))[0],
    async abortedBy(id) {
      const rows = await sql.query<{ by: string | null }>('select abort_by as by from deployments where id = $1', [id]);
      return rows[0]?.by ?? undefined;
    },
    async running() {
      const open = `select ${OPEN_COLUMNS} from deployments where state <> 'ended' order by created_at, id`;
      return (await sql.query<DeploymentRow>(open)).map(shapeOpen);
    },
    async recent({ service, channel, requestedBy, limit }) {
      const found = await all(
        `select * from deployments where ($1 = '' or service = $1) and ($2 = '' or channel = $2)
           and ($3 = '' or requested_by = $3)
         order by seq desc limit $4`,
        [service ?? '', channel ?? '', requestedBy ?? '', limit],
      );
      return found.filter(({ integrity }) => integrity !== 'forged');
    },
    async journal(id) {
      const rows = await sql.query<Omit<JournalEntry, 'note'> & { note: string }>(
        'select seq, attempt, host, phase, note, at from phases where deployment = $1 order by seq',
        [id],
      );
      return rows.map((row) => ({ ...row, note: parsed(row.note) }));
    },
    hosts: (id) => hostVerdictsOf(sql, signer, id),
    claims: (service) =>
      sql.query<{ host: string; deployment: string }>(
        'select host, deployment from held where service = $1 order by host',
        [service],
      ),
    requestAbort: (id, by, at, reason) =>
      sql
        .tx(async (tx) => {
          const set =
            "abort_by = $2, abort_at = $3, abort_reason = $4 where id = $1 and abort_by is null and state <> 'ended'";
          return (await change(tx, { id, set, params: [by, at, reason ?? null] })) !== undefined;
        })
        .then(told),
  };
}

async function claim(
  { sql, signer, change }: { sql: Sql; signer: Signer; change: Change },
  { owner, now, except }: { owner: string; now: number; except: readonly string[] },
): Promise<{ lease: Lease; deployment: Deployment } | undefined> {
  const params = ['', ...except];
  const due = `select id from deployments
    where (state = 'queued' or (state = 'running' and heartbeat_at = 0))
      and id not in (${params.map((_, index) => `$${index + 1}`).join(', ')})
    order by created_at, id limit 1`;
  // Called every other second: the write lock is taken only when there is something to write.
  if ((await sql.query(due, params)).length === 0) return undefined;
  const row = await sql.tx(async (tx) => {
    const [first] = await tx.query<{ id: string }>(due, params);
    if (!first) return undefined;
    const set =
      "state = 'running', owner = $2, attempt = attempt + 1, heartbeat_at = $3, claimed_at = $3 where id = $1";
    return change(tx, { id: first.id, set, params: [owner, now] });
  });
  if (!row) return undefined;
  return { lease: { deployment: row.id, owner, attempt: row.attempt }, deployment: shapeDeployment(signer, row) };
}

async function beat(sql: Queryable, lease: Lease, now: number): Promise<boolean> {
  const beaten = await sql.query(
    // The wall clock may be set back: a living owner is known by a changing value, not by a recent one.
    `update deployments set heartbeat_at = $4
     where id = $1 and owner = $2 and attempt = $3 and state = 'running' returning id`,
    [lease.deployment, lease.owner, lease.attempt, now],
  );
  return beaten.length === 1;
}
