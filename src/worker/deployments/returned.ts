import { resumeRollBack } from '../../docker/rollout/recover.ts';
import type { HostRun } from '../../docker/rollout/types.ts';
import type { CardVerdict } from '../../handlers/deploy/planning/types.ts';
import type { AuditEntry } from '../../store/audit-records.ts';
import type { HostOutcome, OpenDeployment } from '../../store/deployment.ts';
import type { WorkerDeps } from '../deps.ts';
import { type DeploymentRun, engineOf, hostRun, planOf } from './deployment-run.ts';
import { userMessage } from './host-check.ts';
import { onAll } from './on-all.ts';
import { settle } from './settle.ts';

/** A deployment that began longer ago is left to people, in milliseconds. */
const WITHIN_MS = 24 * 3_600_000;
/** Longer after each try by so much, in milliseconds: a host that comes and goes makes no endless record. */
const PAUSE_MS = 60_000;
/** Time for a host to respond, in milliseconds. */
const RESPONDS_MS = 5000;

const isUnrestored = ({ integrity, verdict, detail }: HostOutcome): boolean =>
  integrity === 'signed' && verdict === 'needs_attention' && (detail as CardVerdict).isUnrestored === true;

type LookDeps = Pick<WorkerDeps, 'board' | 'config' | 'hosts' | 'log' | 'now' | 'redact' | 'store'>;

/**
 * Opens deployments again whose roll-back was given up because a host was away that responds now, for a worker to finish:
 * unless another deployment has begun there since, or somebody has locked the service. Resolves to whether there are any.
 */
export async function reopenReturned(deps: LookDeps, signal: AbortSignal): Promise<boolean> {
  const { store, hosts } = deps;
  const now = deps.now();
  const left = (await store.deployments.needingAttention(now - WITHIN_MS)).filter((one) => isDue(one, now));
  const away = await Promise.all(
    left.map(async (deployment) => {
      const unrestored = (await store.deployments.hosts(deployment.id)).filter(isUnrestored).map(({ host }) => host);
      return { deployment, hosts: unrestored.filter((host) => hosts.names.includes(host)) };
    }),
  );
  const asked = new Set(away.flatMap((one) => one.hosts));
  if (asked.size === 0) return false;
  const options = { signal, deadlineMs: RESPONDS_MS };
  const looked = await hosts.each([...asked], (engine) => engine.listContainers({}), options);
  const back = new Set(looked.filter(({ ok }) => ok).map(({ host }) => host));
  let isAny = false;
  for (const one of away) {
    const those = one.hosts.filter((host) => back.has(host));
    if (those.length > 0 && (await reopen(one.deployment, those, deps))) isAny = true;
  }
  return isAny;
}

function isDue({ attempt, finishedAt = 0 }: OpenDeployment, now: number): boolean {
  const since = now - finishedAt;
  // An end in the future is from before the clock was set back.
  return since < 0 || since >= (attempt - 1) * PAUSE_MS;
}

async function reopen(deployment: OpenDeployment, hosts: readonly string[], deps: LookDeps): Promise<boolean> {
  const { store, board, log } = deps;
  // A date before the deployment, by a clock that was set back, would hide that it was opened again.
  const at = Math.max(deps.now(), deployment.createdAt);
  const taken = await store.deployments.reopen({
    deployment: deployment.id,
    hosts,
    at,
    record: (those) => recordOf(deployment, { hosts: those, at }, deps),
  });
  if (taken.length === 0) return false;
  log.info({ deployment: deployment.id, hosts: taken }, 'Hosts respond again: their roll-back goes on');
  board.changed(deployment.approval, true);
  return true;
}

function recordOf(
  { id, requestedBy: person, channel, command, line }: OpenDeployment,
  { hosts, at }: Pick<AuditEntry, 'at' | 'hosts'>,
  { config, redact }: Pick<LookDeps, 'config' | 'redact'>,
): AuditEntry {
  return {
    at,
    kind: 'reopening',
    request: id,
    person,
    channel,
    team: config.slack.team,
    source: 'click',
    command,
    line: redact(line),
    hosts,
    outcome: 'ok',
    detail: `${hosts.join(', ')}: responds again, so the roll-back goes on`,
  };
}

/**
 * Finishes the roll-backs for which a deployment was opened again. Resolves to the hosts on which they are finished, also by
 * a process before this one.
 */
export async function restoreReturned(run: DeploymentRun): Promise<readonly string[]> {
  const { deployment, verdicts, deps } = run;
  const claims = await deps.store.deployments.claims(deployment.service);
  const ours = claims.filter((claim) => claim.deployment === deployment.id).map(({ host }) => host);
  const open = () => ours.filter((host) => verdicts.get(host)?.isUnrestored);
  await onAll(open(), (host) => deps.observer.during({ kind: 'host', host }, () => restoreOn(run, host)));
  const left = open();
  return ours.filter((host) => !left.includes(host));
}

async function restoreOn(run: DeploymentRun, host: string): Promise<void> {
  const { phases = [], oldRun, rolledBackFor } = run.begun.get(host) ?? {};
  const given = run.verdicts.get(host);
  const resumed: HostRun = { ...hostRun(run, planOf(run, host)), oldRun };
  const { phase, why } = rolledBackFor ?? { phase: given?.phase ?? 'pull', why: 'The rollout did not finish.' };
  const blame = given?.blame ?? 'engine';
  const cause = { phase, why, blame, isAbort: blame === 'person' && run.deployment.abortBy !== undefined };
  try {
    await settle(run, host, await resumeRollBack(engineOf(run, host), resumed, { phases, cause }));
  } catch (error) {
    // Without its host in the config it stays as it was left.
    if (userMessage(error) === undefined) throw error;
  }
}
