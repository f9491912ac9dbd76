import { PlanStale, Shutdown } from '../../docker/rollout/errors.ts';
import { recoverHost } from '../../docker/rollout/recover.ts';
import { runHost } from '../../docker/rollout/run.ts';
import type { HostRun } from '../../docker/rollout/types.ts';
import { messageOf, UserError } from '../../domain/errors.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { journalled } from '../../handlers/deploy/journal.ts';
import {
  CARRIED_OUT,
  leftAs,
  NO_APPROVAL,
  planOfRecord,
  type Refusal,
  whyNotBegin,
} from '../../handlers/deploy/planning/preflight.ts';
import type { CardVerdict } from '../../handlers/deploy/planning/types.ts';
import { type Values, withValues } from '../../handlers/deploy/planning/values.ts';
import { isGood } from '../../handlers/deploy/verdict.ts';
import type { Deps } from '../../handlers/deps.ts';
import { createRedactor } from '../../policy/redact.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deployment } from '../../store/deployment.ts';
import type { WorkerDeps } from '../deps.ts';
import { type DeploymentRun, type ExecutionHandle, engineOf, hostRun, planOf } from './deployment-run.ts';
import { finishDeployment } from './finish.ts';
import { blockedHosts, hostChanged, isRemovedFromConfig, REMOVED, userMessage } from './host-check.ts';
import { onAll } from './on-all.ts';
import { refuseDeployment } from './refuse.ts';
import { restoreReturned } from './returned.ts';
import { settle } from './settle.ts';
import { HandedOn } from './turn.ts';
import { awaitWaveApproval, STOPPED } from './waves.ts';

/** An approval older than this is stale even if its hosts did not change. */
const BEGIN_WITHIN_MS = 10 * 60_000;

/**
 * Carries out one deployment, wave after wave, and writes its verdict. Of a deployment that another process started,
 * interrupted hosts are finished or rolled back and the others are skipped.
 */
export async function runDeployment(deployment: Deployment, deps: WorkerDeps, handle: ExecutionHandle): Promise<void> {
  const { deployments, approvals } = deps.store;
  const plan = planOfRecord(deployment);
  const refuseIt = async (no: Refusal) =>
    handle.note({ verdict: await refuseDeployment(deployment, no, handle.lease, deps) });
  if ('why' in plan) return refuseIt(plan);
  const isEnding = handle.lease.attempt > 1 || handle.signal.aborted;
  const left = await leftAs(deployment, deps);
  if (left === 'ended') return refuseIt(CARRIED_OUT);
  const no = isEnding ? undefined : await whyNotBegin({ deployment, plan }, plan.waves.flat(), deps, handle.signal);
  if (no && !handle.signal.aborted) return refuseIt(no);
  const stored = await approvals.get(deployment.approval);
  if (!stored) return refuseIt(NO_APPROVAL);
  // A deployment that has started is carried out by its own record, even if its approval's record changed since.
  const { command, service, line, channel, requestedBy, hash } = deployment;
  const approval = { ...stored, command, service, line, channel, requestedBy, hash, plan };
  const [journal, ended] = await Promise.all([deployments.journal(deployment.id), deployments.hosts(deployment.id)]);
  const begun = new Map([...Map.groupBy(journal, ({ host }) => host)].map(([host, all]) => [host, journalled(all)]));
  // On a host whose row is not signed nothing is known to have ended: it is looked at again.
  const trusted = ended.filter(({ integrity }) => integrity === 'signed');
  const verdicts = new Map(trusted.map(({ host, detail }) => [host, detail as CardVerdict]));
  const values = await valuesOf(approval, deps);
  const whole = withValues(plan, values);
  const given = createRedactor(Object.values(values ?? {}));
  const run: DeploymentRun = {
    ...handle,
    deployment,
    approval,
    plan: whole ?? plan,
    verdicts,
    seen: new Map(),
    prepared: new Map(),
    endPhase: new Map(),
    begun,
    hasValues: whole !== undefined,
    redact: (text) => deps.redact(given(text)),
    deps,
  };
  if (left === 'reopened') return finishDeployment({ ...run, returned: await restoreReturned(run) });
  if (handle.lease.attempt > 1) await recoverInterrupted(run);
  else if (await preflight(run)) await runWaves(run);
  await finishDeployment(run);
}

async function valuesOf({ id }: Approval, { store, log }: Pick<Deps, 'log' | 'store'>): Promise<Values | undefined> {
  try {
    return await store.approvals.values(id);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log.error({ approval: id, err: messageOf(error) }, 'The values of a deploy could not be read');
    return undefined;
  }
}

const stopReason = ({ reason }: AbortSignal): string =>
  reason instanceof Shutdown ? skippedBecause('Fairlead was shut down') : STOPPED;
const skippedBecause = (why: string) => `Skipped: ${why}. Continuing needs a new approval.`;

/** Why no other host may be started; undefined when one may. */
function whyStopped({ signal, verdicts, progress }: DeploymentRun): string | undefined {
  if (signal.aborted) return stopReason(signal);
  const failed = [...verdicts].find(([, one]) => !isGood(one) && one.verdict !== 'skipped');
  const [host] = failed ?? [...progress].find(([, { phase }]) => phase === 'roll-back') ?? [];
  return host === undefined ? undefined : `Skipped: the rollout stopped after ${host} failed.`;
}

async function runWaves(run: DeploymentRun): Promise<void> {
  const { plan, verdicts, signal } = run;
  for (const [index, wave] of plan.waves.entries()) {
    const hosts = wave.filter((host) => !verdicts.has(host));
    if (hosts.length === 0) continue;
    if (!signal.aborted && !run.turn.mayStartWave()) throw new HandedOn();
    const stopped = whyStopped(run);
    if (stopped !== undefined) await leave(run, hosts, stopped);
    else if (!run.hasValues) await refuse(run, hosts);
    else if (hosts.some((host) => isRemovedFromConfig(run, host))) await skipRemovedHosts(run, hosts);
    else {
      const no = await waveRefusal(run, index, hosts);
      if (no === undefined) await startWave(run, index, hosts);
      else await skip(run, hosts, no);
    }
  }
}

/** Why a wave must not start; undefined when it may. The first wave was checked when the deployment started. */
async function waveRefusal(run: DeploymentRun, index: number, hosts: readonly string[]): Promise<Phrase | undefined> {
  const { plan, deps, lease } = run;
  // Checked a moment ago, for all hosts.
  if (index === 0 && lease.attempt === 1) return undefined;
  const waited = index > 0 && plan.ask ? await awaitWaveApproval(run, index) : undefined;
  if (waited !== undefined) return waited;
  const deployment = await deps.store.deployments.get(run.deployment.id);
  const no = deployment && (await whyNotBegin({ deployment, plan }, hosts, deps, run.signal));
  if (run.signal.aborted) return stopReason(run.signal);
  return no && phrase`Not started: ${no.why} ${no.tryThis}`;
}

// Nobody has permissions for a host that is not in the config, so no approval is requested.
async function skipRemovedHosts(run: DeploymentRun, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) if (isRemovedFromConfig(run, host)) await settle(run, host, notStarted(REMOVED));
  const rest = hosts.filter((host) => !run.verdicts.has(host));
  await skip(run, rest, 'Not started: another host changed since this plan was made.');
}

function startWave(run: DeploymentRun, index: number, hosts: readonly string[]): Promise<void> {
  const { observer } = run.deps;
  const startNext = async (host: string) => {
    // Of a wave that is larger than what is changed at once, a host whose turn comes after a failure stays as it is.
    const stopped = whyStopped(run);
    if (stopped !== undefined) return leave(run, [host], stopped);
    return observer.during({ kind: 'host', host }, () => startHost(run, host));
  };
  return observer.during({ kind: 'wave', wave: index + 1 }, () => onAll(hosts, startNext));
}

async function startHost(run: DeploymentRun, host: string): Promise<void> {
  const hostPlan = planOf(run, host);
  const { prepared } = run;
  const found = prepared.get(host);
  // Used once: the check is outdated soon after it was made.
  prepared.delete(host);
  try {
    await settle(run, host, await runHost(engineOf(run, host), hostRun(run, hostPlan), found));
  } catch (error) {
    if (error instanceof PlanStale) return settle(run, host, notStarted(hostChanged(error.message)));
    const why = userMessage(error);
    if (why === undefined) throw error;
    await settle(run, host, notStarted(why));
  }
}

async function recoverInterrupted(run: DeploymentRun): Promise<void> {
  const { deployment, plan, verdicts, begun } = run;
  const open = plan.waves.flat().filter((host) => !verdicts.has(host));
  // The process before let go of it between waves: no host is half done.
  if (deployment.handedOn === run.lease.attempt - 1) return runWaves(run);
  const halfway = open.filter((host) => begun.has(host));
  const rest = open.filter((host) => !begun.has(host));
  // Interrupted between waves, while waiting for approval: no host is half done, so the rollout continues.
  if (halfway.length === 0 && deployment.requestedWave !== undefined) return runWaves(run);
  await onAll(halfway, (host) => run.deps.observer.during({ kind: 'host', host }, () => recoverOn(run, host)));
  await leave(run, rest, run.signal.aborted ? stopReason(run.signal) : skippedBecause(run.cutOff));
}

async function recoverOn(run: DeploymentRun, host: string): Promise<void> {
  const { begun, deps } = run;
  const hostPlan = planOf(run, host);
  try {
    if (hostPlan.strategy === 'swarm' && !deps.config.services.has(run.plan.service))
      throw new UserError('not_found', `The service ${run.plan.service} is no longer in the config.`);
    const { phases = [], gateLeftMs, oldRun } = begun.get(host) ?? {};
    const interrupted: HostRun = { ...hostRun(run, hostPlan), gateLeftMs, oldRun, interruptedBy: run.cutOff };
    await settle(run, host, await recoverHost(engineOf(run, host), interrupted, phases));
  } catch (error) {
    // A retry would fail the same way.
    const why = userMessage(error);
    if (why === undefined) throw error;
    const phase = begun.get(host)?.phases.at(-1) ?? 'pull';
    await settle(run, host, {
      verdict: 'needs_attention',
      phase,
      why: phrase`${run.cutOff} during the rollout on this host (phase ${phase}), and the host cannot be checked now: ${why}`,
      tryThis: `Add the host or service to the config again and deploy again, or check ${host} by hand: docker ps -a.`,
      ms: 0,
    });
  }
}

/** Checks every host again before the first is changed. Skips all hosts and returns false if the deployment must not start. */
async function preflight(run: DeploymentRun): Promise<boolean> {
  const { plan, deps, signal } = run;
  const hosts = plan.waves.flat();
  if (deps.now() - run.deployment.createdAt > BEGIN_WITHIN_MS) {
    await skip(run, hosts, 'Not started: the approval is too old. Request the deploy again.');
    return false;
  }
  if (!run.hasValues) {
    await refuse(run, hosts);
    return false;
  }
  // All hosts are checked so that none is changed where another cannot be. A single host is planned again by `runHost`.
  if (hosts.length === 1) return true;
  const blocked = await blockedHosts(run, hosts);
  // An aborted check is reported as an abort, not as hosts that did not respond.
  if (signal.aborted || blocked.size === 0) return true;
  for (const [host, why] of blocked) await settle(run, host, notStarted(why));
  const rest = hosts.filter((host) => !blocked.has(host));
  await skip(run, rest, 'Not started: another host changed since this plan was made.');
  return false;
}

async function refuse(run: DeploymentRun, hosts: readonly string[]): Promise<void> {
  const why = 'Not started: the values given with -e cannot be decrypted. FAIRLEAD_TOTP_KEY may have changed.';
  for (const host of hosts)
    await settle(run, host, { verdict: 'failed_kept_old', phase: 'pull', why, tryThis: 'Deploy again.', ms: 0 });
}

/** Skips hosts whose turn had not come, each with the version it stays on where the plan names one. */
async function leave(run: DeploymentRun, hosts: readonly string[], why: string): Promise<void> {
  for (const host of hosts) {
    const tag = run.plan.hosts.find((one) => one.host === host)?.now?.tag;
    await skip(run, [host], tag === undefined ? why : `${why} Still on ${tag}.`);
  }
}

async function skip(run: DeploymentRun, hosts: readonly string[], why: Phrase): Promise<void> {
  for (const host of hosts) await settle(run, host, { verdict: 'skipped', phase: 'pull', why, tryThis: '', ms: 0 });
}

function notStarted(why: Phrase): CardVerdict {
  return {
    verdict: 'failed_kept_old',
    phase: 'pull',
    why: phrase`Not started: ${why}`,
    tryThis: 'Request the deploy again for a new plan.',
    isUnseen: true,
    ms: 0,
  };
}
