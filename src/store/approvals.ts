import { UserError } from '../domain/errors.ts';
import {
  type Answered,
  type Approval,
  type ApprovalRow,
  type Closed,
  closed,
  shapeApproval,
  type Vote,
} from './approval.ts';
import { seal, unseal } from './sealed.ts';
import { changeSigned, integrityOf, type SignedRow, sign } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Sql } from './sql.ts';

export type { Approval, Closed, Vote } from './approval.ts';

export interface NewApproval
  extends Omit<
    Approval,
    'state' | 'integrity' | 'service' | 'decidedBy' | 'decidedAt' | 'reason' | 'verdict' | 'reminders'
  > {
  readonly service?: string;
  /** Milliseconds until the first reminder; each pause after it is twice the one before. Without it there is none. */
  readonly remindEvery?: number;
  /** Sealed, and forgotten when the question is closed without a yes, or when what it began has ended. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

export type Voted =
  | { readonly counted: true; readonly approval: Approval; readonly votes: readonly Vote[] }
  | {
      readonly counted: false;
      /** `again`: this person has said yes before, and `votes` has all there are. */
      readonly why: Closed | 'again';
      readonly approval: Approval | undefined;
      readonly votes: readonly Vote[];
    };
export type Decided =
  | { readonly won: true; readonly approval: Approval }
  | { readonly won: false; readonly why: Closed; readonly approval: Approval | undefined };

export interface Decision {
  readonly id: string;
  readonly state: Answered;
  readonly by: string;
  readonly at: number;
  readonly reason?: string | undefined;
}

export interface Approvals {
  create(approval: NewApproval): Promise<void>;
  get(id: string): Promise<Approval | undefined>;
  /**
   * By its id, or in that channel by the first digits of its plan's hash: the newest that is open, or else the newest. Throws
   * a `UserError` when they fit more than one open plan.
   */
  find(ref: string, channel: string): Promise<Approval | undefined>;
  /** The values it was asked with, while they are kept. Throws a `UserError` when they were sealed under another key. */
  values(id: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Adds a yes while the question is open. Whether the votes are enough is for the policy to say. */
  vote(vote: {
    readonly id: string;
    readonly person: string;
    readonly at: number;
    readonly factor?: 'totp';
  }): Promise<Voted>;
  votes(id: string): Promise<readonly Vote[]>;
  /** Compare-and-set: of any number of answers, from any number of processes, one wins. */
  decide(decision: Decision): Promise<Decided>;
  /** Ends what nobody answered in time. Over all processes, each question is returned once. */
  expire(now: number): Promise<readonly Approval[]>;
  /** Those still open, oldest first. */
  pending(query: { readonly now: number; readonly channel?: string }): Promise<readonly Approval[]>;
  /** Those that were rejected, newest first, of one service or of all, in one channel or in any. */
  rejected(query: {
    readonly service?: string;
    readonly channel?: string;
    readonly limit: number;
  }): Promise<readonly Approval[]>;
  /** Those whose approvers are to be reminded now. Over all processes, each reminder is returned once. */
  remind(now: number): Promise<readonly Approval[]>;
  finish(end: { readonly id: string; readonly verdict: string; readonly at: number }): Promise<void>;
}

const OLDEST_FIRST = (a: Approval, b: Approval) => a.requestedAt - b.requestedAt;

interface VoteRow extends SignedRow {
  readonly person: string;
  readonly at: number;
  readonly factor: 'totp' | null;
}

/** `key` is what values are sealed under; without one, none can be given. */
export function createApprovals(sql: Sql, signer: Signer, key: Buffer | undefined): Approvals {
  const get = (id: string) => findApproval(sql, signer, id);
  const shaped = (row: ApprovalRow) => shapeApproval(signer, row);
  const votes = (id: string) =>
    sql.all<VoteRow>('select * from votes where approval = $1 order by at, person', [id]).map((row): Vote => {
      const { person, at, factor } = row;
      return { person, at, factor: factor ?? undefined, integrity: integrityOf(signer, 'votes', row) };
    });
  return {
    async create({
      id,
      command,
      service,
      line,
      channel,
      requestedBy,
      requestedAt,
      expiresAt,
      plan,
      hash,
      remindEvery,
      values,
    }) {
      const sealed = values === undefined ? null : sealValues(key, id, values);
      const every = remindEvery ?? null;
      const insert = () =>
        sql.all<ApprovalRow>(
          `insert into approvals (id, command, service, line, channel, requested_by, requested_at, expires_at, plan, hash, remind_every, remind_at, sealed, state)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'pending') returning *`,
          [
            id,
            command,
            service ?? null,
            line,
            channel,
            requestedBy,
            requestedAt,
            expiresAt,
            JSON.stringify(plan),
            hash,
            every,
            every === null ? null : requestedAt + every,
            sealed,
          ],
        )[0] as ApprovalRow;
      sql.tx(() => sign(sql, signer, 'approvals', insert()));
    },
    get: async (id) => get(id),
    async find(ref, channel) {
      const rows = sql.all<ApprovalRow>(
        `select * from approvals where channel = $2 and (id = $1 or (length($1) < 26 and substr(hash, 1, length($1)) = $1)
         or hash = $1) order by state = 'pending' desc, requested_at desc, id desc`,
        [ref, channel],
      );
      // One that somebody slipped in is found by its whole id, to be refused, and stands in nobody's way.
      const found = rows.map(shaped).filter(({ id, integrity }) => id === ref || integrity !== 'forged');
      if (new Set(found.filter(({ state }) => state === 'pending').map(({ hash }) => hash)).size > 1)
        throw new UserError('ambiguous', 'More than one open plan begins so.', 'Answer it by the buttons of its card.');
      return found[0];
    },
    async values(id) {
      const { sealed } =
        sql.all<{ sealed: string | null }>('select sealed from approvals where id = $1', [id])[0] ?? {};
      return sealed == null ? undefined : openValues(key, id, sealed);
    },
    async vote({ id, person, at, factor }) {
      return sql.tx((): Voted => {
        const approval = get(id);
        const why = closed(approval, at);
        if (!approval || why) return { counted: false, why: why ?? 'unknown', approval, votes: votes(id) };
        const [added] = sql.all<VoteRow>(
          'insert into votes (approval, person, at, factor) values ($1, $2, $3, $4) on conflict do nothing returning *',
          [id, person, at, factor ?? null],
        );
        if (added) sign(sql, signer, 'votes', added);
        const all = votes(id);
        return added ? { counted: true, approval, votes: all } : { counted: false, why: 'again', approval, votes: all };
      });
    },
    votes: async (id) => votes(id),
    decide: async (decision) => sql.tx(() => decide(sql, signer, decision)),
    async expire(now) {
      const due = "select * from approvals where state = 'pending' and expires_at <= $1";
      // Asked every other second: the write lock is taken only when there is something to write.
      if (sql.all(`${due} limit 1`, [now]).length === 0) return [];
      const rows = sql.tx(() =>
        sql
          .all<ApprovalRow>(due, [now])
          .map((row) =>
            changeSigned({ sql, signer, table: 'approvals' }, row, () =>
              sql.all<ApprovalRow>(
                "update approvals set state = 'expired', decided_at = $1, sealed = null where id = $2 returning *",
                [now, row.id],
              ),
            ),
          ),
      );
      return trusted(rows.filter((row) => row !== undefined).map(shaped)).sort(OLDEST_FIRST);
    },
    async pending({ now, channel }) {
      const rows = sql.all<ApprovalRow>(
        "select * from approvals where state = 'pending' and expires_at > $1 and ($2 = '' or channel = $2) order by requested_at",
        [now, channel ?? ''],
      );
      return trusted(rows.map(shaped));
    },
    async rejected({ service, channel, limit }) {
      const rows = sql.all<ApprovalRow>(
        `select * from approvals where state = 'rejected' and ($1 = '' or service = $1) and ($2 = '' or channel = $2)
         order by decided_at desc, id desc limit $3`,
        [service ?? '', channel ?? '', limit],
      );
      return trusted(rows.map(shaped));
    },
    async remind(now) {
      const rows = sql.all<ApprovalRow>(
        `update approvals set reminders = reminders + 1, remind_at = $1 + remind_every * 2, remind_every = remind_every * 2
         where state = 'pending' and remind_at <= $1 and expires_at > $1 returning *`,
        [now],
      );
      return trusted(rows.map(shaped)).sort(OLDEST_FIRST);
    },
    finish: async (end) => sql.tx(() => finishApproval(sql, signer, end)),
  };
}

const trusted = (approvals: Approval[]) => approvals.filter(({ integrity }) => integrity === 'signed');

const rowOf = (sql: Sql, id: string) => sql.all<ApprovalRow>('select * from approvals where id = $1', [id])[0];

/** Writes what came of it. Part of a transaction: see `deployments.finish`. */
export function finishApproval(
  sql: Sql,
  signer: Signer,
  { id, verdict, at }: { readonly id: string; readonly verdict: string; readonly at: number },
): void {
  changeSigned({ sql, signer, table: 'approvals' }, rowOf(sql, id), () =>
    sql.all<ApprovalRow>('update approvals set verdict = $1, finished_at = $2 where id = $3 returning *', [
      verdict,
      at,
      id,
    ]),
  );
}

/** Part of a transaction that decides, and may do more: see `deployments.start`. */
export function decide(sql: Sql, signer: Signer, { id, state, by, at, reason }: Decision): Decided {
  const row = rowOf(sql, id);
  const asked = row && shapeApproval(signer, row);
  const why = closed(asked, at);
  if (why) return { won: false, why, approval: asked };
  const won = changeSigned({ sql, signer, table: 'approvals' }, row, () =>
    sql.all<ApprovalRow>(
      `update approvals set state = $1, decided_by = $2, decided_at = $3, reason = $5,
         sealed = case when $1 = 'approved' then sealed else null end where id = $4 returning *`,
      [state, by, at, id, reason ?? null],
    ),
  ) as ApprovalRow;
  return { won: true, approval: shapeApproval(signer, won) };
}

export function findApproval(sql: Sql, signer: Signer, id: string): Approval | undefined {
  const row = rowOf(sql, id);
  return row && shapeApproval(signer, row);
}

function sealValues(key: Buffer | undefined, id: string, values: Readonly<Record<string, string>>): string {
  if (key) return seal(key, `values ${id}`, JSON.stringify(values));
  throw new UserError(
    'not_configured',
    'Values given with `-e` are kept sealed, and there is no key to seal them with.',
    'Set FAIRLEAD_TOTP_KEY (make one with `openssl rand -hex 32`) or SLACK_BOT_TOKEN.',
  );
}

function openValues(key: Buffer | undefined, id: string, sealed: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(unseal(key ?? Buffer.alloc(32), `values ${id}`, sealed));
  } catch {
    throw new UserError('not_configured', 'The values given with `-e` were sealed under another key than today’s.');
  }
}
