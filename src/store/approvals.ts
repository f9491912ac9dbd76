import type { Sql } from './sql.ts';

/** A question about one plan. */
export interface Approval {
  readonly id: string;
  readonly command: string;
  readonly line: string;
  readonly channel: string;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly plan: unknown;
  readonly hash: string;
  readonly state: 'pending' | 'approved' | 'rejected' | 'withdrawn';
  readonly decidedBy: string | undefined;
  readonly verdict: string | undefined;
}

export type NewApproval = Omit<Approval, 'state' | 'decidedBy' | 'verdict'>;
export type Answered = 'approved' | 'rejected' | 'withdrawn';
export type Decided =
  | { readonly won: true; readonly approval: Approval }
  | { readonly won: false; readonly why: 'unknown' | 'expired' | Answered; readonly approval: Approval | undefined };

export interface Approvals {
  create(approval: NewApproval): Promise<void>;
  get(id: string): Promise<Approval | undefined>;
  /** Compare-and-set: of any number of answers, from any number of processes, one wins. */
  decide(answer: {
    readonly id: string;
    readonly state: Answered;
    readonly by: string;
    readonly at: number;
  }): Promise<Decided>;
  finish(end: { readonly id: string; readonly verdict: string; readonly at: number }): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly command: string;
  readonly line: string;
  readonly channel: string;
  readonly requested_by: string;
  readonly requested_at: number;
  readonly expires_at: number;
  readonly plan: string;
  readonly hash: string;
  readonly state: Approval['state'];
  readonly decided_by: string | null;
  readonly verdict: string | null;
}

export function createApprovals(sql: Sql): Approvals {
  const get = (id: string) => {
    const row = sql.all<Row>('select * from approvals where id = $1', [id])[0];
    return row && shape(row);
  };
  return {
    async create({ id, command, line, channel, requestedBy, requestedAt, expiresAt, plan, hash }) {
      sql.all(
        "insert into approvals (id, command, line, channel, requested_by, requested_at, expires_at, plan, hash, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending')",
        [id, command, line, channel, requestedBy, requestedAt, expiresAt, JSON.stringify(plan), hash],
      );
    },
    get: async (id) => get(id),
    async decide({ id, state, by, at }) {
      const won = sql.all<Row>(
        "update approvals set state = $1, decided_by = $2, decided_at = $3 where id = $4 and state = 'pending' and expires_at > $3 returning *",
        [state, by, at, id],
      )[0];
      if (won) return { won: true, approval: shape(won) };
      const approval = get(id);
      if (!approval) return { won: false, why: 'unknown', approval };
      return { won: false, why: approval.state === 'pending' ? 'expired' : approval.state, approval };
    },
    async finish({ id, verdict, at }) {
      sql.all('update approvals set verdict = $1, finished_at = $2 where id = $3', [verdict, at, id]);
    },
  };
}

function shape(row: Row): Approval {
  return {
    id: row.id,
    command: row.command,
    line: row.line,
    channel: row.channel,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    plan: JSON.parse(row.plan),
    hash: row.hash,
    state: row.state,
    decidedBy: row.decided_by ?? undefined,
    verdict: row.verdict ?? undefined,
  };
}
