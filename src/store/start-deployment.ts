import { type Approval, type Closed, closed } from './approval.ts';
import { addChanges } from './changes.ts';
import { decide, findApproval } from './decide.ts';
import { type Deployment, type DeploymentRow, shapeDeployment } from './deployment.ts';
import { type Lock, lockAgainst } from './locks.ts';
import { openReview } from './reviews.ts';
import { onlyRow } from './rows.ts';
import { sign } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable, Sql } from './sql.ts';
import { recordServed, type Version } from './versions.ts';

export interface Start {
  /** The new deployment's id. */
  readonly id: string;
  readonly approval: string;
  readonly hosts: readonly string[];
  /** The person whose vote completed the approval, or who used break-glass. */
  readonly by: string;
  readonly at: number;
  /** Opens a review, due by then, in the same transaction. */
  readonly breakGlass?: { readonly reason: string; readonly reviewBy: number };
  /** Versions that served and were healthy when the plan was made, to roll back to. */
  readonly served?: readonly Version[];
  /** Receivers that are told of it. */
  readonly tell?: readonly string[];
}

export type Started =
  | { readonly won: true; readonly approval: Approval; readonly deployment: Deployment }
  /** The approval is closed. */
  | { readonly won: false; readonly why: Closed; readonly approval: Approval | undefined }
  /** Another deployment of this service has not ended on that host; the approval stays open. */
  | { readonly won: false; readonly why: 'busy'; readonly host: string; readonly deployment: string }
  /** Another person than the requester has locked the service; the approval stays open. */
  | { readonly won: false; readonly why: 'locked'; readonly lock: Lock };

/** Decides the approval and queues its deployment, in one transaction. */
export function startDeployment(sql: Sql, signer: Signer, start: Start): Promise<Started> {
  const { id, approval: request, hosts, by, at, breakGlass, served = [], tell = [] } = start;
  return sql.tx(async (tx): Promise<Started> => {
    const asked = await findApproval(tx, signer, request);
    const why = closed(asked, at);
    if (!asked || why) return { won: false, why: why ?? 'unknown', approval: asked };
    const { service, channel, requestedBy } = asked;
    if (service === undefined) throw new Error(`The request ${request} is not about a service.`);
    const obstacle = await obstacleTo(tx, { service, hosts, person: requestedBy, at, locks: breakGlass === undefined });
    if (obstacle) return obstacle;
    const decided = await decide(tx, signer, { id: request, state: 'approved', by, at });
    if (!decided.won) return decided;
    const row = await insert(tx, { ...asked, service }, start);
    for (const host of hosts)
      await tx.query('insert into held (service, host, deployment) values ($1, $2, $3)', [service, host, id]);
    for (const version of served) await recordServed(tx, signer, version);
    if (breakGlass) await openReview(tx, signer, { deployment: id, service, channel, person: by, at, ...breakGlass });
    await addChanges(tx, { deployment: id, type: 'deployment.started' }, tell);
    const signed = await sign({ tx, signer, table: 'deployments' }, row);
    return { won: true, approval: decided.approval, deployment: shapeDeployment(signer, signed) };
  });
}

async function insert(
  tx: Queryable,
  { command, service, line, channel, requestedBy, plan, hash }: Approval & { readonly service: string },
  { id, approval, by, at, breakGlass }: Start,
): Promise<DeploymentRow> {
  const rows = await tx.query<DeploymentRow>(
    `insert into deployments (id, approval, command, service, line, channel, requested_by, started_by, plan, hash, created_at, break_glass, state, attempt, seq)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'queued', 0, (select coalesce(max(seq), 0) + 1 from deployments))
     returning *`,
    [
      id,
      approval,
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
  );
  return onlyRow(rows);
}

async function obstacleTo(
  tx: Queryable,
  want: { service: string; hosts: readonly string[]; person: string; at: number; locks: boolean },
): Promise<Extract<Started, { why: 'busy' | 'locked' }> | undefined> {
  for (const host of want.hosts) {
    const [other] = await tx.query<{ deployment: string }>(
      'select deployment from held where service = $1 and host = $2',
      [want.service, host],
    );
    if (other) return { won: false, why: 'busy', host, deployment: other.deployment };
    const lock = want.locks ? await lockAgainst(tx, { ...want, host }) : undefined;
    if (lock) return { won: false, why: 'locked', lock };
  }
  return undefined;
}
