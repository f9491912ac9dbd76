import type { HostOutcome } from './deployment.ts';
import { onlyRow } from './rows.ts';
import { integrityOf, parsed, type SignedRow, sign } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable } from './sql.ts';

interface Row extends SignedRow {
  readonly deployment: string;
  readonly host: string;
  readonly verdict: string;
  readonly detail: string;
  readonly at: number;
}

/** How a deployment ended on its hosts, without forged rows: a host with one has not ended, as far as anybody can say. */
export async function hostVerdictsOf(
  sql: Pick<Queryable, 'query'>,
  signer: Signer,
  deployment: string,
): Promise<HostOutcome[]> {
  const rows = await sql.query<Row>('select * from host_verdicts where deployment = $1 order by at, host', [
    deployment,
  ]);
  return rows.flatMap((row) => {
    const integrity = integrityOf(signer, 'host_verdicts', row);
    const { host, verdict, detail, at } = row;
    return integrity === 'forged' ? [] : [{ host, verdict, detail: parsed(detail), at, integrity }];
  });
}

/** Stores how a deployment ended on a host, in place of what was stored before. Part of a transaction. */
export async function recordHostVerdict(
  tx: Queryable,
  signer: Signer,
  deployment: string,
  { host, verdict, detail, at }: Omit<HostOutcome, 'integrity'>,
): Promise<void> {
  const rows = await tx.query<Row>(
    `insert into host_verdicts (deployment, host, verdict, detail, at) values ($1, $2, $3, $4, $5)
     on conflict (deployment, host) do update set verdict = $3, detail = $4, at = $5 returning *`,
    [deployment, host, verdict, JSON.stringify(detail ?? null), at],
  );
  await sign({ tx, signer, table: 'host_verdicts' }, onlyRow(rows));
}
