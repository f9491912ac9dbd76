import { markCardsOutdated } from './cards.ts';
import type { NotingTx, ReadNoteOf } from './outbox.ts';
import { onlyRow } from './rows.ts';
import { changeSigned, integrityOf, type SignedRow, sign } from './signed.ts';
import type { Integrity, Signer } from './signer.ts';
import type { Queryable, Sql, Value } from './sql.ts';

/** The review of a break-glass deploy, to be signed by an approver. Times are Unix milliseconds. */
export interface Review {
  readonly deployment: string;
  readonly service: string;
  readonly channel: string;
  /** Who broke it. */
  readonly person: string;
  readonly reason: string;
  readonly openedAt: number;
  readonly dueAt: number;
  readonly reminders: number;
  readonly signedBy: string | undefined;
  readonly signedAt: number | undefined;
  readonly integrity: Integrity;
}

/** Opened by `deployments.start`, in the same transaction as the deployment. */
export interface Reviews {
  get(deployment: string): Promise<Review | undefined>;
  /** Not signed yet, oldest first. */
  open(): Promise<readonly Review[]>;
  /** The review if this signature is the one that closed it. Whether the person may sign is for the policy to say. */
  sign(deployment: string, by: string, at: number): Promise<Review | undefined>;
  /** Those past due or past their last reminder, with notes; next time after `pause` ms. Over all processes, each once. */
  remind(now: number, pause: number, noteOf?: ReadNoteOf<Review>): Promise<readonly Review[]>;
}

interface Row extends SignedRow {
  readonly deployment: string;
  readonly service: string;
  readonly channel: string;
  readonly person: string;
  readonly reason: string;
  readonly opened_at: number;
  readonly due_at: number;
  readonly reminders: number;
  readonly signed_by: string | null;
  readonly signed_at: number | null;
}

export function createReviews(sql: Sql, signer: Signer, notingTx: NotingTx): Reviews {
  const all = async (text: string, params: readonly Value[] = []) =>
    (await sql.query<Row>(text, params)).map((row) => shape(signer, row));
  return {
    get: async (deployment) => (await all('select * from reviews where deployment = $1', [deployment]))[0],
    open: () => all('select * from reviews where signed_by is null order by opened_at, deployment'),
    sign: (deployment, by, at) =>
      sql.tx(async (tx) => {
        const [row] = await tx.query<Row>('select * from reviews where deployment = $1', [deployment]);
        if (!row || integrityOf(signer, 'reviews', row) === 'forged') return undefined;
        const [of] = await tx.query<{ approval: string }>('select approval from deployments where id = $1', [
          deployment,
        ]);
        if (of) await markCardsOutdated(tx, of.approval);
        const signed = await changeSigned({ tx, signer, table: 'reviews' }, row, () =>
          tx.query<Row>(
            `update reviews set signed_by = $2, signed_at = $3
             where deployment = $1 and signed_by is null returning *`,
            [deployment, by, at],
          ),
        );
        return signed && shape(signer, signed);
      }),
    async remind(now, pause, noteOf = async () => undefined) {
      const due = 'signed_by is null and remind_at <= $1';
      const reminded: Review[] = [];
      for (const one of await all(`select * from reviews where ${due} order by opened_at, deployment`, [now])) {
        const note = await noteOf(one);
        const [row] = await notingTx(async (tx, addNote) => {
          const rows = await tx.query<Row>(
            `update reviews set remind_at = $1 + $2, reminders = reminders + 1 where deployment = $3 and ${due} returning *`,
            [now, pause, one.deployment],
          );
          if (rows.length === 1) await addNote(note);
          return rows;
        });
        if (row) reminded.push(shape(signer, row));
      }
      return reminded;
    },
  };
}

/** What a review begins with. */
export interface NewReview extends Pick<Review, 'deployment' | 'service' | 'channel' | 'person' | 'reason'> {
  readonly at: number;
  readonly reviewBy: number;
}

/** Part of the transaction that starts the deployment: there is none without its review. */
export async function openReview(tx: Queryable, signer: Signer, review: NewReview): Promise<void> {
  const rows = await tx.query<Row>(
    `insert into reviews (deployment, service, channel, person, reason, opened_at, due_at, remind_at, reminders)
     values ($1, $2, $3, $4, $5, $6, $7, $7, 0) returning *`,
    [review.deployment, review.service, review.channel, review.person, review.reason, review.at, review.reviewBy],
  );
  await sign({ tx, signer, table: 'reviews' }, onlyRow(rows));
}

function shape(signer: Signer, row: Row): Review {
  return {
    deployment: row.deployment,
    service: row.service,
    channel: row.channel,
    person: row.person,
    reason: row.reason,
    openedAt: row.opened_at,
    dueAt: row.due_at,
    reminders: row.reminders,
    signedBy: row.signed_by ?? undefined,
    signedAt: row.signed_at ?? undefined,
    integrity: integrityOf(signer, 'reviews', row),
  };
}
