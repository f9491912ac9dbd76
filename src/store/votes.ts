import type { Approval, Closed, Vote } from './approval.ts';
import { findApproval, whyClosed } from './decide.ts';
import { integrityOf, type SignedRow, sign } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable } from './sql.ts';

/** One person's vote for the approval `id`. */
export interface NewVote {
  readonly id: string;
  readonly person: string;
  readonly at: number;
  readonly factor?: 'totp';
}

export type Voted =
  | { readonly counted: true; readonly approval: Approval; readonly votes: readonly Vote[] }
  | {
      readonly counted: false;
      /** `again`: this person has voted before. */
      readonly why: Closed | 'again';
      readonly approval: Approval | undefined;
      readonly votes: readonly Vote[];
    };
interface VoteRow extends SignedRow {
  readonly person: string;
  readonly at: number;
  readonly factor: 'totp' | null;
}

/** The votes on an approval, oldest first. */
export async function votesOn(sql: Queryable, signer: Signer, id: string): Promise<Vote[]> {
  const rows = await sql.query<VoteRow>('select * from votes where approval = $1 order by at, person', [id]);
  return rows.map((row) => {
    const { person, at, factor } = row;
    return { person, at, factor: factor ?? undefined, integrity: integrityOf(signer, 'votes', row) };
  });
}

/** Adds a vote while the approval is open. Part of a transaction. */
export async function castVote(tx: Queryable, signer: Signer, { id, person, at, factor }: NewVote): Promise<Voted> {
  const approval = await findApproval(tx, signer, id);
  const why = await whyClosed(tx, approval, at);
  if (!approval || why)
    return { counted: false, why: why ?? 'unknown', approval, votes: await votesOn(tx, signer, id) };
  const [added] = await tx.query<VoteRow>(
    'insert into votes (approval, person, at, factor) values ($1, $2, $3, $4) on conflict do nothing returning *',
    [id, person, at, factor ?? null],
  );
  if (added) await sign({ tx, signer, table: 'votes' }, added);
  const votes = await votesOn(tx, signer, id);
  return added ? { counted: true, approval, votes } : { counted: false, why: 'again', approval, votes };
}
