import { receiversOf } from '../../config.ts';
import type { RunningNow } from '../../docker/rollout/types.ts';
import { blamedFor } from '../../handlers/deploy/card/blamed.ts';
import { remainingState } from '../../handlers/deploy/card/left.ts';
import { newNote } from '../../handlers/deploy/card/new-note.ts';
import type { Note } from '../../handlers/deploy/card/notes.ts';
import { placesOf } from '../../handlers/deploy/card/places.ts';
import { servedVersions } from '../../handlers/deploy/planning/served.ts';
import type { CardVerdict, DeployPlan } from '../../handlers/deploy/planning/types.ts';
import { isGood, verdictOf } from '../../handlers/deploy/verdict.ts';
import type { Note as SpanNote } from '../../observe.ts';
import type { Approval } from '../../store/approvals.ts';
import type { AuditEntry } from '../../store/audit-records.ts';
import type { Deployment } from '../../store/deployment.ts';
import type { Lease } from '../../store/lease.ts';
import { cut } from '../../text/cut.ts';
import type { WorkerDeps } from '../deps.ts';

interface Finished {
  readonly deployment: Deployment;
  readonly approval: Approval;
  readonly plan: DeployPlan;
  readonly verdicts: ReadonlyMap<string, CardVerdict>;
  /** What ran on each host right before it was changed, as far as this process saw it. */
  readonly seen: ReadonlyMap<string, RunningNow>;
  readonly lease: Lease;
  readonly signal: AbortSignal;
  /** When this process claimed it, by `performance.now`. */
  readonly since: number;
  readonly note: SpanNote;
  readonly deps: WorkerDeps;
  /** Of a deployment that had ended and was opened again: the hosts that responded again and have a new verdict. */
  readonly returned?: readonly string[];
}

/** Writes how a deployment ended (verdict, verified versions, audit record) and tells its requester. */
export async function finishDeployment(finished: Finished): Promise<void> {
  const { deployment, approval, plan, verdicts, seen, lease, deps, returned } = finished;
  const { store, board } = deps;
  const verdict = verdictOf([...verdicts.values()], finished.signal.aborted);
  // The clock may have been set back. An end dated before the start would hide that the deployment was carried out.
  const at = Math.max(deps.now(), deployment.createdAt);
  // Started by another process: only the wall clock spans both.
  const ms = lease.attempt > 1 ? at - deployment.createdAt : Math.round(performance.now() - finished.since);
  const { repository, tag, digest } = plan.image;
  // The order of versions is that in which they passed, so what was proved last is dated last, after what served before,
  // whatever the clock says.
  const [{ at: newest } = { at: 0 }] = await store.versions.of({ service: plan.service, limit: 1 });
  // The version before went through no gate of this deployment.
  // What passed before a deployment was opened again is on record, and may not be the newest any more.
  const passed = returned ? [] : [...verdicts].filter(([, hostVerdict]) => hostVerdict.verdict === 'deployed');
  const verified = passed.map(([host]) => ({
    service: plan.service,
    host,
    repository,
    digest,
    tag,
    deployment: deployment.id,
    by: approval.requestedBy,
    at: Math.max(at, newest + 2),
    verdict: 'deployed',
  }));
  const served = servedVersions({
    service: plan.service,
    hosts: [...seen].map(([host, now]) => ({ host, now })),
    deployment: deployment.id,
    by: approval.requestedBy,
    at: deployment.createdAt,
  });
  const record: AuditEntry = {
    at,
    kind: 'event',
    request: deployment.id,
    person: approval.requestedBy,
    channel: approval.channel,
    team: deps.config.slack.team,
    source: 'click',
    command: approval.command,
    line: deps.redact(approval.line),
    hosts: plan.waves.flat(),
    outcome:
      verdict === 'deployed' ? 'ok' : verdict === 'partial' ? 'partial' : verdict === 'aborted' ? 'stopped' : 'failed',
    detail: cut(
      deps.redact(
        `${verdict}; plan ${approval.hash.slice(0, 8)}; ${[...verdicts].map(([host, one]) => `${host}: ${one.verdict}`).join(', ')}`,
      ),
      2000,
    ),
    ms,
  };
  // Opened again for hosts that were away once more: all that there is to say was said.
  const isSilent = returned?.length === 0;
  const tell = isSilent ? [] : receiversOf(deps.config.changes, 'deployment.ended', plan.service);
  const note: Note = {
    kind: 'ended',
    what: `${plan.service} ${tag ?? digest.slice(7, 19)}`,
    verdict,
    left: remainingState(
      plan,
      [...verdicts].filter(([, hostVerdict]) => isGood(hostVerdict)).map(([host]) => host),
    ),
    places: placesOf(plan, verdicts),
    blamed: blamedFor(verdicts.values()),
    hasEvidence: [...verdicts.values()].some(({ evidence }) => evidence !== undefined),
    requestedBy: approval.requestedBy,
    approvedBy: (await store.approvals.votes(approval.id)).map(({ person }) => person),
    ...(returned && { returned }),
  };
  await store.deployments.finish(lease, {
    verdict,
    detail: { ms },
    at,
    verified,
    served,
    record,
    tell,
    isAgain: returned !== undefined,
    ...(isSilent ? {} : { note: newNote({ card: approval.id }, note, at) }),
  });
  finished.note({ verdict });
  board.changed(approval.id, true);
}
