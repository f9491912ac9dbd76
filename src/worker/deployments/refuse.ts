import { receiversOf } from '../../config.ts';
import { asText, phrase, redactPhrase } from '../../domain/phrase.ts';
import type { Blamed } from '../../handlers/deploy/card/blamed.ts';
import { newNote } from '../../handlers/deploy/card/new-note.ts';
import type { Refusal } from '../../handlers/deploy/planning/preflight.ts';
import { isDeployPlan } from '../../handlers/deploy/planning/stored-plan.ts';
import type { CardVerdict } from '../../handlers/deploy/planning/types.ts';
import type { Deps } from '../../handlers/deps.ts';
import type { Deployment } from '../../store/deployment.ts';
import type { Lease } from '../../store/lease.ts';
import type { NewNote } from '../../store/outbox.ts';
import { cut } from '../../text/cut.ts';

/**
 * Ends a deployment that must not start: no host is changed, and its requester is told. If its record cannot be trusted and
 * another process had started hosts, these are left as they are for a person to check. Resolves to the verdict.
 */
export async function refuseDeployment(
  deployment: Deployment,
  no: Refusal,
  lease: Lease,
  deps: Pick<Deps, 'board' | 'config' | 'log' | 'now' | 'redact' | 'store'>,
): Promise<'needs_attention' | 'refused'> {
  const { id, approval, plan, requestedBy, channel, command, integrity } = deployment;
  const { store, board, redact, log } = deps;
  const refused = { ...no, why: redactPhrase(no.why, redact), tryThis: redactPhrase(no.tryThis, redact) };
  // A forged record may hold any time, or no time at all.
  const createdAt = integrity === 'forged' ? deps.now() : deployment.createdAt;
  const at = Math.max(deps.now(), createdAt);
  const begun = new Set((await store.deployments.journal(id)).map(({ host }) => host));
  for (const { host } of await store.deployments.hosts(id)) begun.delete(host);
  const planned = isDeployPlan(plan) ? plan.waves.flat() : [];
  for (const host of new Set([...planned, ...begun])) {
    const detail = begun.has(host) ? leftAsItIs(host, refused) : notStarted(refused);
    await store.deployments.hostVerdict(lease, { host, verdict: detail.verdict, detail, at });
  }
  const verdict = begun.size > 0 ? 'needs_attention' : 'refused';
  log.error({ deployment: id, approval, reason: refused.reason, why: asText(refused.why) }, 'A deployment was refused');
  await store.deployments.finish(lease, {
    verdict,
    detail: refused,
    at,
    tell: receiversOf(deps.config.changes, 'deployment.ended', deployment.service),
    record: {
      at,
      kind: 'event',
      request: id,
      person: requestedBy,
      channel,
      team: deps.config.slack.team,
      source: 'click',
      command,
      line: redact(deployment.line),
      hosts: planned,
      outcome: 'refused',
      reason: refused.reason,
      detail: cut(`${verdict}; ${asText(refused.why, deps.config.slack.prefix)}`, 2000),
      ms: at - createdAt,
    },
    ...(await noteOf(deployment, verdict, at, deps)),
  });
  board.changed(approval, true);
  return verdict;
}

/** The note about it; undefined where the record does not even say what was to be deployed. */
async function noteOf(
  { approval, plan, requestedBy }: Deployment,
  verdict: 'needs_attention' | 'refused',
  at: number,
  { store }: Pick<Deps, 'store'>,
): Promise<{ readonly note?: NewNote }> {
  if (!isDeployPlan(plan)) return {};
  const what = `${plan.service} ${plan.image.tag ?? plan.image.digest.slice(7, 19)}`;
  const approvedBy = (await store.approvals.votes(approval)).map(({ person }) => person);
  const said = { kind: 'ended', what, verdict, left: 'old', blamed: NOTHING, hasEvidence: false } as const;
  return { note: newNote({ card: approval }, { ...said, requestedBy, approvedBy }, at) };
}

/** No host was started. */
const NOTHING: Blamed = { blame: undefined, runs: undefined };

function notStarted({ why, tryThis }: Refusal): CardVerdict {
  return { verdict: 'skipped', phase: 'pull', why: phrase`Not started: ${why}`, tryThis, ms: 0 };
}

function leftAsItIs(host: string, { why }: Refusal): CardVerdict {
  return {
    verdict: 'needs_attention',
    phase: 'pull',
    why: phrase`Fairlead ended during this deployment and did not roll it back: its record cannot be trusted. ${why}`,
    tryThis: `Check ${host} by hand: docker ps -a.`,
    ms: 0,
  };
}
