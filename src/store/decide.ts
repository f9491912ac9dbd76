import { type Answered, type Approval, type ApprovalRow, type Closed, closed, shapeApproval } from './approval.ts';
import { markCardsOutdated } from './cards.ts';
import { hasClosed, recordClosing } from './closings.ts';
import { changeSigned } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable } from './sql.ts';

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

/** Writes the verdict. Part of a transaction: see `deployments.finish`. */
export async function finishApproval(
  tx: Queryable,
  signer: Signer,
  { id, verdict, at }: { readonly id: string; readonly verdict: string; readonly at: number },
): Promise<void> {
  await changeSigned({ tx, signer, table: 'approvals' }, await rowOf(tx, id), () =>
    tx.query<ApprovalRow>('update approvals set verdict = $1, finished_at = $2 where id = $3 returning *', [
      verdict,
      at,
      id,
    ]),
  );
  await markCardsOutdated(tx, id);
}

/** Takes back that an approved request was carried out to its end. Part of a transaction: see `reopenDeployment`. */
export async function reopenApproval(tx: Queryable, signer: Signer, id: string): Promise<void> {
  await changeSigned({ tx, signer, table: 'approvals' }, await rowOf(tx, id), () =>
    tx.query<ApprovalRow>('update approvals set verdict = null, finished_at = null where id = $1 returning *', [id]),
  );
  await markCardsOutdated(tx, id);
}

/** Decides an open approval. Part of a transaction: see `startDeployment`. */
export async function decide(tx: Queryable, signer: Signer, { id, state, by, at, reason }: Decision): Promise<Decided> {
  const row = await rowOf(tx, id);
  const asked = row && shapeApproval(signer, row);
  const why = await whyClosed(tx, asked, at);
  if (!asked || why) return { won: false, why: why ?? 'unknown', approval: asked };
  const won = (await changeSigned({ tx, signer, table: 'approvals' }, row, () =>
    tx.query<ApprovalRow>(
      `update approvals set state = $1, decided_by = $2, decided_at = $3, reason = $5,
         sealed = case when $1 = 'approved' then sealed else null end where id = $4 returning *`,
      [state, by, at, id, reason ?? null],
    ),
  )) as ApprovalRow;
  await recordClosing(tx, signer, asked, { how: state, by, at });
  await markCardsOutdated(tx, id);
  return { won: true, approval: shapeApproval(signer, won) };
}

/** Why an approval takes no answer at `at`: also when the audit log knows its answer, and only an older row of it is open. */
export async function whyClosed(
  sql: Queryable,
  approval: Approval | undefined,
  at: number,
): Promise<Closed | undefined> {
  const why = closed(approval, at);
  if (!approval || why) return why;
  return (await hasClosed(sql, approval, 'answered')) ? 'untrusted' : undefined;
}

export async function findApproval(sql: Queryable, signer: Signer, id: string): Promise<Approval | undefined> {
  const row = await rowOf(sql, id);
  return row && shapeApproval(signer, row);
}

async function rowOf(sql: Queryable, id: string): Promise<ApprovalRow | undefined> {
  const [row] = await sql.query<ApprovalRow>('select * from approvals where id = $1', [id]);
  return row;
}
