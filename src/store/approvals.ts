import { UserError } from '../errors.ts';
import { seal, unseal } from './sealed.ts';
import type { Sql } from './sql.ts';

/** How a question can end. `superseded`: a new plan took its place, since something on a host moved. */
export type Answered = 'approved' | 'rejected' | 'withdrawn' | 'superseded';
export type ApprovalState = 'pending' | 'expired' | Answered;

/** A question about one plan. Times are Unix milliseconds. */
export interface Approval {
  readonly id: string;
  readonly command: string;
  /** What is deployed; undefined for a command that is not about a service. */
  readonly service: string | undefined;
  readonly line: string;
  readonly channel: string;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly plan: unknown;
  readonly hash: string;
  readonly state: ApprovalState;
  readonly decidedBy: string | undefined;
  readonly decidedAt: number | undefined;
  readonly verdict: string | undefined;
  /** How often the approvers were reminded. */
  readonly reminders: number;
}

export interface NewApproval
  extends Omit<Approval, 'state' | 'service' | 'decidedBy' | 'decidedAt' | 'verdict' | 'reminders'> {
  readonly service?: string;
  /** Milliseconds until the first reminder; each pause after it is twice the one before. Without it there is none. */
  readonly remindEvery?: number;
  /** Sealed, and forgotten when the question is closed without a yes, or when what it began has ended. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

/** One person's yes. It is never taken back. */
export interface Vote {
  readonly person: string;
  readonly at: number;
  /** What they proved it with, beyond being signed in to Slack. */
  readonly factor: 'totp' | undefined;
}

export type Closed = 'unknown' | Exclude<ApprovalState, 'pending'>;
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
  /** Those whose approvers are to be reminded now. Over all processes, each reminder is returned once. */
  remind(now: number): Promise<readonly Approval[]>;
  finish(end: { readonly id: string; readonly verdict: string; readonly at: number }): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly command: string;
  readonly service: string | null;
  readonly line: string;
  readonly channel: string;
  readonly requested_by: string;
  readonly requested_at: number;
  readonly expires_at: number;
  readonly plan: string;
  readonly hash: string;
  readonly state: ApprovalState;
  readonly decided_by: string | null;
  readonly decided_at: number | null;
  readonly verdict: string | null;
  readonly reminders: number;
}

const OLDEST_FIRST = (a: Approval, b: Approval) => a.requestedAt - b.requestedAt;

/** `key` is what values are sealed under; without one, none can be given. */
export function createApprovals(sql: Sql, key: Buffer | undefined): Approvals {
  const get = (id: string) => findApproval(sql, id);
  const votes = (id: string) =>
    sql
      .all<Omit<Vote, 'factor'> & { factor: 'totp' | null }>(
        'select person, at, factor from votes where approval = $1 order by at, person',
        [id],
      )
      .map(({ person, at, factor }): Vote => ({ person, at, factor: factor ?? undefined }));
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
      sql.all(
        `insert into approvals (id, command, service, line, channel, requested_by, requested_at, expires_at, plan, hash, remind_every, remind_at, sealed, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'pending')`,
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
      );
    },
    get: async (id) => get(id),
    async find(ref, channel) {
      const found = sql.all<{ id: string; hash: string; state: string }>(
        `select id, hash, state from approvals where channel = $2 and (id = $1 or (length($1) < 26 and substr(hash, 1, length($1)) = $1)
         or hash = $1) order by state = 'pending' desc, requested_at desc, id desc`,
        [ref, channel],
      );
      if (new Set(found.filter(({ state }) => state === 'pending').map(({ hash }) => hash)).size > 1)
        throw new UserError('ambiguous', 'More than one open plan begins so.', 'Answer it by the buttons of its card.');
      return found[0] && get(found[0].id);
    },
    async values(id) {
      const { sealed } =
        sql.all<{ sealed: string | null }>('select sealed from approvals where id = $1', [id])[0] ?? {};
      return sealed == null ? undefined : openValues(key, id, sealed);
    },
    async vote({ id, person, at, factor }) {
      return sql.tx((): Voted => {
        const added = sql.all(
          `insert into votes (approval, person, at, factor)
           select id, $2, $3, $4 from approvals where id = $1 and state = 'pending' and expires_at > $3
           on conflict do nothing returning person`,
          [id, person, at, factor ?? null],
        );
        const approval = get(id);
        const all = votes(id);
        if (approval && added.length === 1) return { counted: true, approval, votes: all };
        const why = closed(approval, at);
        return { counted: false, why: why ?? 'again', approval, votes: all };
      });
    },
    votes: async (id) => votes(id),
    decide: async (decision) => decide(sql, decision),
    async expire(now) {
      const rows = sql.all<Row>(
        "update approvals set state = 'expired', decided_at = $1, sealed = null where state = 'pending' and expires_at <= $1 returning *",
        [now],
      );
      return rows.map(shape).sort(OLDEST_FIRST);
    },
    async pending({ now, channel }) {
      const rows = sql.all<Row>(
        "select * from approvals where state = 'pending' and expires_at > $1 and ($2 = '' or channel = $2) order by requested_at",
        [now, channel ?? ''],
      );
      return rows.map(shape);
    },
    async remind(now) {
      const rows = sql.all<Row>(
        `update approvals set reminders = reminders + 1, remind_at = $1 + remind_every * 2, remind_every = remind_every * 2
         where state = 'pending' and remind_at <= $1 and expires_at > $1 returning *`,
        [now],
      );
      return rows.map(shape).sort(OLDEST_FIRST);
    },
    async finish({ id, verdict, at }) {
      sql.all('update approvals set verdict = $1, finished_at = $2 where id = $3', [verdict, at, id]);
    },
  };
}

/** For a transaction that decides and does more: see `deployments.start`. */
export function decide(sql: Sql, { id, state, by, at }: Decision): Decided {
  const won = sql.all<Row>(
    `update approvals set state = $1, decided_by = $2, decided_at = $3,
       sealed = case when $1 = 'approved' then sealed else null end
     where id = $4 and state = 'pending' and expires_at > $3 returning *`,
    [state, by, at, id],
  )[0];
  if (won) return { won: true, approval: shape(won) };
  const approval = findApproval(sql, id);
  // It was closed when the update passed it by, and what is closed stays so.
  return { won: false, why: closed(approval, at) as Closed, approval };
}

export function findApproval(sql: Sql, id: string): Approval | undefined {
  const row = sql.all<Row>('select * from approvals where id = $1', [id])[0];
  return row && shape(row);
}

/** Why a question takes no answer at `now`; undefined while it does. */
export function closed(approval: Approval | undefined, now: number): Closed | undefined {
  if (!approval) return 'unknown';
  if (approval.state !== 'pending') return approval.state;
  return approval.expiresAt <= now ? 'expired' : undefined;
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

function shape(row: Row): Approval {
  return {
    id: row.id,
    command: row.command,
    service: row.service ?? undefined,
    line: row.line,
    channel: row.channel,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    plan: JSON.parse(row.plan),
    hash: row.hash,
    state: row.state,
    decidedBy: row.decided_by ?? undefined,
    decidedAt: row.decided_at ?? undefined,
    verdict: row.verdict ?? undefined,
    reminders: row.reminders,
  };
}
