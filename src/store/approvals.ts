import { UserError } from '../domain/errors.ts';
import { type Approval, type ApprovalRow, shapeApproval, type Vote } from './approval.ts';
import { markCardsOutdated } from './cards.ts';
import { type Decided, type Decision, decide, findApproval, finishApproval } from './decide.ts';
import type { NewNote, NoteOf, NotingTx, ReadNoteOf } from './outbox.ts';
import { onlyRow } from './rows.ts';
import type { SealingKey } from './sealed.ts';
import { openValues, sealValues } from './sealed-values.ts';
import { changeSigned, sign } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Sql, Value } from './sql.ts';
import { AHEAD_MS } from './time.ts';
import { castVote, type NewVote, type Voted, votesOn } from './votes.ts';

export type { Approval, Closed, Vote } from './approval.ts';

export interface NewApproval
  extends Omit<
    Approval,
    'state' | 'integrity' | 'service' | 'decidedBy' | 'decidedAt' | 'reason' | 'verdict' | 'reminders'
  > {
  readonly service?: string;
  /** Milliseconds until the first reminder; each pause after it is twice the one before. Without it there is none. */
  readonly remindEvery?: number;
  /** Values given with `-e`. Stored sealed, and deleted once the approval is closed or its deployment has ended. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

export interface Approvals {
  create(approval: NewApproval): Promise<void>;
  get(id: string): Promise<Approval | undefined>;
  /**
   * By its id, or in that channel by the first digits of its plan's hash: the newest that is open, or else the newest. Throws
   * a `UserError` when they fit more than one open plan.
   */
  find(ref: string, channel: string): Promise<Approval | undefined>;
  /** The values given with the request, while they are stored. Rejects with a `UserError` when they were sealed under another key. */
  values(id: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Adds a vote while the approval is open. The policy decides whether the votes are enough. */
  vote(vote: NewVote): Promise<Voted>;
  votes(id: string): Promise<readonly Vote[]>;
  /** Compare-and-set: of any number of answers, from any number of processes, one wins. `note` is stored with it. */
  decide(decision: Decision, note?: NewNote): Promise<Decided>;
  /** Expires the approvals whose time is up, and those from before the clock was set back, with notes. Over all processes, each is returned once. */
  expire(now: number, noteOf?: NoteOf<Approval>): Promise<readonly Approval[]>;
  /** Open approvals, oldest first. */
  pending(query: { readonly now: number; readonly channel?: string }): Promise<readonly Approval[]>;
  /** Rejected approvals, newest first, of one service or of all, in one channel or in any. */
  rejected(query: {
    readonly service?: string;
    readonly channel?: string;
    readonly limit: number;
  }): Promise<readonly Approval[]>;
  /** Approvals whose approvers are to be reminded now, with notes. Over all processes, each reminder is returned once. */
  remind(now: number, noteOf?: ReadNoteOf<Approval>): Promise<readonly Approval[]>;
  finish(end: { readonly id: string; readonly verdict: string; readonly at: number }): Promise<void>;
}

const OLDEST_FIRST = (a: Approval, b: Approval) => a.requestedAt - b.requestedAt;

interface ApprovalAccess {
  readonly sql: Sql;
  readonly signer: Signer;
  readonly notingTx: NotingTx;
  /** What values are sealed under; without one, none can be given. */
  readonly key: SealingKey | undefined;
}

export function createApprovals({ sql, signer, notingTx, key }: ApprovalAccess): Approvals {
  const shaped = (row: ApprovalRow) => shapeApproval(signer, row);
  const all = async (text: string, params: readonly Value[]) =>
    (await sql.query<ApprovalRow>(text, params)).map(shaped);
  return {
    create: (approval) => create(sql, signer, approval, key),
    get: (id) => findApproval(sql, signer, id),
    async find(ref, channel) {
      const matching = await all(
        `select * from approvals where channel = $2 and (id = $1 or (length($1) < 26 and substr(hash, 1, length($1)) = $1)
         or hash = $1) order by state = 'pending' desc, requested_at desc, id desc`,
        [ref, channel],
      );
      // A forged row is found by its whole id only: it is refused there, and hides no other approval.
      const found = matching.filter(({ id, integrity }) => id === ref || integrity !== 'forged');
      if (new Set(found.filter(({ state }) => state === 'pending').map(({ hash }) => hash)).size > 1)
        throw new UserError('ambiguous', 'More than one open plan begins so.', 'Answer it by the buttons of its card.');
      return found[0];
    },
    async values(id) {
      const [row] = await sql.query<{ sealed: string | null }>('select sealed from approvals where id = $1', [id]);
      return row?.sealed == null ? undefined : openValues(key, id, row.sealed);
    },
    vote: (vote) => sql.tx((tx) => castVote(tx, signer, vote)),
    votes: (id) => votesOn(sql, signer, id),
    decide: (decision, note) =>
      notingTx(async (tx, addNote) => {
        const decided = await decide(tx, signer, decision);
        if (decided.won) await addNote(note);
        return decided;
      }),
    async expire(now, noteOf = () => undefined) {
      // One that was made by a clock that was ahead would be open for longer than its rule allows.
      const due = `select * from approvals where state = 'pending' and (expires_at <= $1 or requested_at > $1 + ${AHEAD_MS})`;
      // Called every other second: the write lock is taken only when there is something to write.
      if ((await sql.query(`${due} limit 1`, [now])).length === 0) return [];
      return notingTx(async (tx, addNote) => {
        const expired: Approval[] = [];
        for (const row of await tx.query<ApprovalRow>(due, [now])) {
          const ended = await changeSigned({ tx, signer, table: 'approvals' }, row, () =>
            tx.query<ApprovalRow>(
              "update approvals set state = 'expired', decided_at = $1, sealed = null where id = $2 returning *",
              [now, row.id],
            ),
          );
          if (!ended) continue;
          await markCardsOutdated(tx, row.id);
          const approval = shaped(ended);
          if (approval.integrity !== 'signed') continue;
          await addNote(noteOf(approval));
          expired.push(approval);
        }
        return expired.sort(OLDEST_FIRST);
      });
    },
    async pending({ now, channel }) {
      const found = await all(
        "select * from approvals where state = 'pending' and expires_at > $1 and ($2 = '' or channel = $2) order by requested_at",
        [now, channel ?? ''],
      );
      return trusted(found);
    },
    async rejected({ service, channel, limit }) {
      const found = await all(
        `select * from approvals where state = 'rejected' and ($1 = '' or service = $1) and ($2 = '' or channel = $2)
         order by decided_at desc, id desc limit $3`,
        [service ?? '', channel ?? '', limit],
      );
      return trusted(found);
    },
    async remind(now, noteOf = async () => undefined) {
      const due = "state = 'pending' and remind_at <= $1 and expires_at > $1";
      const reminded: Approval[] = [];
      for (const one of await all(`select * from approvals where ${due} order by requested_at, id`, [now])) {
        const note = one.integrity === 'signed' ? await noteOf(one) : undefined;
        const isOurs = await notingTx(async (tx, addNote) => {
          const rows = await tx.query(
            `update approvals set reminders = reminders + 1, remind_at = $1 + remind_every * 2, remind_every = remind_every * 2
             where id = $2 and ${due} returning id`,
            [now, one.id],
          );
          if (rows.length === 1) await addNote(note);
          return rows.length === 1;
        });
        if (isOurs) reminded.push(one);
      }
      return trusted(reminded);
    },
    finish: (end) => sql.tx((tx) => finishApproval(tx, signer, end)),
  };
}

const trusted = (approvals: Approval[]) => approvals.filter(({ integrity }) => integrity === 'signed');

async function create(sql: Sql, signer: Signer, approval: NewApproval, key: SealingKey | undefined): Promise<void> {
  const { id, remindEvery = null, values } = approval;
  const sealed = values === undefined ? null : sealValues(key, id, values);
  await sql.tx(async (tx) => {
    const rows = await tx.query<ApprovalRow>(
      `insert into approvals (id, command, service, line, channel, requested_by, requested_at, expires_at, plan, hash, remind_every, remind_at, sealed, state)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'pending') returning *`,
      [
        id,
        approval.command,
        approval.service ?? null,
        approval.line,
        approval.channel,
        approval.requestedBy,
        approval.requestedAt,
        approval.expiresAt,
        JSON.stringify(approval.plan),
        approval.hash,
        remindEvery,
        remindEvery === null ? null : approval.requestedAt + remindEvery,
        sealed,
      ],
    );
    await sign({ tx, signer, table: 'approvals' }, onlyRow(rows));
  });
}
