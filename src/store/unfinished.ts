import type { ApprovalRow } from './approval.ts';
import { insertAll } from './audit.ts';
import type { AuditEntry } from './audit-records.ts';
import { markCardsOutdated } from './cards.ts';
import { finishApproval } from './decide.ts';
import type { DeploymentRow } from './deployment.ts';
import { hostVerdictsOf, recordHostVerdict } from './host-verdicts.ts';
import { changeSigned, type SignedName, type SignedRow } from './signed.ts';
import type { Signer } from './signer.ts';
import type { Queryable, Value } from './sql.ts';

/** How what a backup has as unfinished ends when it is restored: nobody knows how it went on. */
export interface UnknownEnds {
  /** Unix milliseconds. */
  readonly at: number;
  readonly operator: string;
  readonly verdict: string;
  /** What is stored for a host on which the deployment had not ended. */
  readonly onHost: (host: string) => { readonly verdict: string };
  /** Why a request for approval was closed, for people. */
  readonly reason: string;
}

/** What was closed: deployments by name, the others as numbers. */
export interface Closed {
  readonly deployments: readonly { readonly id: string; readonly service: string; readonly hosts: readonly string[] }[];
  readonly requests: number;
  readonly jobs: number;
  readonly runs: number;
  readonly grants: number;
  /** Messages for Slack, and events for receivers outside. */
  readonly messages: number;
}

/** Closing is part of the transaction that restores. */
interface Closing {
  readonly tx: Queryable;
  readonly signer: Signer;
  readonly ends: UnknownEnds;
}

/**
 * Closes everything unfinished, so that no process carries it on: deployments, requests for approval, requests handed over,
 * containers to be removed, grants, and what was to be sent. Part of a transaction; rows are signed as far as they were.
 */
export async function closeUnfinished(tx: Queryable, signer: Signer, ends: UnknownEnds): Promise<Closed> {
  const closing = { tx, signer, ends };
  const { at } = ends;
  const deployments = await closeDeployments(closing);
  const requests = await changeAll<ApprovalRow>(closing, 'approvals', "state = 'pending'", {
    set: "state = 'expired', decided_at = $2, sealed = null, reason = $3",
    params: [at, ends.reason],
  });
  for (const { id } of requests) await markCardsOutdated(tx, id);
  const jobs = await changeAll(closing, 'jobs', "state in ('waiting', 'taken')", {
    set: "state = 'withdrawn', sealed = null",
    params: [],
  });
  const runs = await changeAll(closing, 'runs', 'ended_at is null', { set: 'ended_at = $2', params: [at] });
  const grants = await changeAll(closing, 'exec_grants', `ended_at is null and until > ${at}`, {
    set: 'ended_at = $2',
    params: [at],
  });
  // Their holders are told at the restore by the person who restores.
  await tx.query('update exec_grants set told_at = $1 where told_at is null', [at]);
  const notes = await tx.query('delete from outbox returning seq');
  const events = await tx.query('delete from changes where failed_at is null returning id');
  return {
    deployments,
    requests: requests.length,
    jobs: jobs.length,
    runs: runs.length,
    grants: grants.length,
    messages: notes.length + events.length,
  };
}

/** Changes the rows of a table that has the column `id`, which is `$1`, one by one, and signs them again. */
async function changeAll<Row extends SignedRow>(
  { tx, signer }: Closing,
  table: SignedName,
  where: string,
  { set, params }: { readonly set: string; readonly params: readonly Value[] },
): Promise<(Row & { readonly id: string })[]> {
  const rows = await tx.query<Row & { readonly id: string }>(`select * from ${table} where ${where} order by id`);
  for (const row of rows)
    await changeSigned({ tx, signer, table }, row, () =>
      tx.query<typeof row>(`update ${table} set ${set} where id = $1 returning *`, [row.id, ...params]),
    );
  return rows;
}

async function closeDeployments(closing: Closing): Promise<Closed['deployments']> {
  const { tx, signer, ends } = closing;
  const rows = await tx.query<DeploymentRow>("select * from deployments where state <> 'ended' order by seq");
  const closed: Closed['deployments'][number][] = [];
  for (const row of rows) {
    const { id, approval, service } = row;
    const held = await tx.query<{ host: string }>('select host from held where deployment = $1 order by host', [id]);
    const hosts = held.map(({ host }) => host);
    // An end dated before the start would hide that the deployment was carried out.
    const at = Math.max(ends.at, row.created_at);
    const ended = new Set((await hostVerdictsOf(tx, signer, id)).map(({ host }) => host));
    for (const host of hosts.filter((one) => !ended.has(one))) {
      const detail = ends.onHost(host);
      await recordHostVerdict(tx, signer, id, { host, verdict: detail.verdict, detail, at });
    }
    await changeSigned({ tx, signer, table: 'deployments' }, row, () =>
      tx.query<DeploymentRow>(
        "update deployments set state = 'ended', verdict = $2, detail = 'null', finished_at = $3 where id = $1 returning *",
        [id, ends.verdict, at],
      ),
    );
    await tx.query('delete from held where deployment = $1', [id]);
    await finishApproval(tx, signer, { id: approval, verdict: ends.verdict, at });
    await tx.query('update approvals set sealed = null where id = $1', [approval]);
    await insertAll(tx, signer, [recordOf(row, { hosts, at, ends })]);
    closed.push({ id, service, hosts });
  }
  return closed;
}

function recordOf(
  { id, requested_by: person, channel, command, service }: DeploymentRow,
  { hosts, at, ends }: { readonly hosts: readonly string[]; readonly at: number; readonly ends: UnknownEnds },
): AuditEntry {
  return {
    at,
    kind: 'event',
    request: id,
    person,
    channel,
    team: '',
    source: 'cli',
    operator: ends.operator,
    command,
    // Its own line may hold values.
    line: `${command} ${service}`,
    hosts,
    outcome: 'failed',
    reason: 'restored',
    detail: `${ends.verdict}; it had not ended in the backup that was restored, and how it went on is not known`,
  };
}
