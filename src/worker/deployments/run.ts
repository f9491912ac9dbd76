import { PlanStale, Shutdown, type StaleReason } from '../../docker/rollout/errors.ts';
import { prepareHost } from '../../docker/rollout/plan.ts';
import { recoverHost } from '../../docker/rollout/recover.ts';
import { runHost } from '../../docker/rollout/run.ts';
import { staleReasons } from '../../docker/rollout/stale.ts';
import { messageOf, UserError } from '../../domain/errors.ts';
import { joinPhrases, type Phrase, phrase, redactPhrase } from '../../domain/phrase.ts';
import { journalled, planFor } from '../../handlers/deploy/journal.ts';
import { mustAllow } from '../../handlers/deploy/planning/allowed.ts';
import { NO_APPROVAL, planOfRecord, whyNotBegin } from '../../handlers/deploy/planning/preflight.ts';
import { wantedOf } from '../../handlers/deploy/planning/target.ts';
import type { CardVerdict } from '../../handlers/deploy/planning/types.ts';
import { type Values, withValues } from '../../handlers/deploy/planning/values.ts';
import { isGood } from '../../handlers/deploy/verdict.ts';
import type { Deps } from '../../handlers/deps.ts';
import { momentIn } from '../../machine.ts';
import { createRedactor } from '../../policy/redact.ts';
import type { Approval } from '../../store/approvals.ts';
import type { Deployment } from '../../store/deployment.ts';
import type { WorkerDeps } from '../deps.ts';
import { type Course, hostRun, planOf, type Way } from './course.ts';
import { finishDeployment } from './finish.ts';
import { refuseDeployment } from './refuse.ts';
import { STOPPED, whyNotOn } from './waves.ts';

/** An approval that nobody could act upon for so long is stale, whatever the hosts look like. */
const BEGIN_WITHIN_MS = 10 * 60_000;
const CHECK_MS = 20_000;

/**
 * Carries one deployment out, wave after wave, and writes its verdict. One that another process began is not carried on:
 * what was under way is brought to an end by what is on its host, and what was not begun is left alone.
 */
export async function runDeployment(deployment: Deployment, deps: WorkerDeps, way: Way): Promise<void> {
  const { deployments, approvals } = deps.store;
  const plan = planOfRecord(deployment);
  if ('why' in plan) return refuseDeployment(deployment, plan, way.lease, deps);
  const isEnding = way.lease.attempt > 1 || way.signal.aborted;
  const no = isEnding ? undefined : await whyNotBegin({ deployment, plan }, plan.waves.flat(), deps, way.signal);
  if (no && !way.signal.aborted) return refuseDeployment(deployment, no, way.lease, deps);
  const stored = await approvals.get(deployment.approval);
  if (!stored) return refuseDeployment(deployment, NO_APPROVAL, way.lease, deps);
  // What another process had begun is ended on the word of its own record, whatever has become of the question's.
  const { command, service, line, channel, requestedBy, hash } = deployment;
  const approval = { ...stored, command, service, line, channel, requestedBy, hash, plan };
  const [journal, ended] = await Promise.all([deployments.journal(deployment.id), deployments.hosts(deployment.id)]);
  const begun = new Map([...Map.groupBy(journal, ({ host }) => host)].map(([host, all]) => [host, journalled(all)]));
  const verdicts = new Map(ended.map(({ host, detail }) => [host, detail as CardVerdict]));
  const values = await valuesOf(approval, deps);
  const whole = withValues(plan, values);
  const given = createRedactor(Object.values(values ?? {}));
  const course: Course = {
    ...way,
    deployment,
    approval,
    plan: whole ?? plan,
    verdicts,
    seen: new Map(),
    prepared: new Map(),
    begun,
    whole: whole !== undefined,
    redact: (text) => deps.redact(given(text)),
    deps,
  };
  if (way.lease.attempt > 1) await endWhatWasBegun(course);
  else if (await mayBegin(course)) await inWaves(course);
  await finishDeployment(course);
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

const whyStopped = ({ reason }: AbortSignal): string =>
  reason instanceof Shutdown ? leftAlone('Fairlead was shut down') : STOPPED;
const leftAlone = (why: string) => `Skipped: ${why}. Continuing needs a new approval.`;

async function inWaves(course: Course): Promise<void> {
  const { plan, verdicts, signal } = course;
  for (const [index, wave] of plan.waves.entries()) {
    const hosts = wave.filter((host) => !verdicts.has(host));
    if (hosts.length === 0) continue;
    const failed = [...verdicts.values()].some((one) => !isGood(one) && one.verdict !== 'skipped');
    if (signal.aborted) await skip(course, hosts, whyStopped(signal));
    else if (failed) await skip(course, hosts, 'Skipped: the rollout stopped after an earlier host failed.');
    else if (!course.whole) await refuse(course, hosts);
    else if (hosts.some((host) => hasGone(course, host))) await leaveGone(course, hosts);
    else {
      const no = await whyNotNext(course, index, hosts);
      if (no === undefined) await together(hosts, (host) => begin(course, host));
      else await skip(course, hosts, no);
    }
  }
}

/** A wave begins later than what was asked at the first, and after another process had the deployment. */
async function whyNotNext(course: Course, index: number, hosts: readonly string[]): Promise<Phrase | undefined> {
  const { plan, deps, lease } = course;
  // Asked a moment ago, of all its hosts.
  if (index === 0 && lease.attempt === 1) return undefined;
  const waited = index > 0 && plan.ask ? await whyNotOn(course, index) : undefined;
  if (waited !== undefined) return waited;
  const deployment = await deps.store.deployments.get(course.deployment.id);
  const no = deployment && (await whyNotBegin({ deployment, plan }, hosts, deps, course.signal));
  if (course.signal.aborted) return whyStopped(course.signal);
  return no && phrase`Not started: ${no.why} ${no.tryThis}`;
}

const hasGone = ({ deps }: Course, host: string) => !deps.hosts.names.includes(host);
const GONE = 'It is no longer in the config.';

// Nobody may answer for it any more, so nobody is asked.
async function leaveGone(course: Course, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) if (hasGone(course, host)) await settle(course, host, notBegun(GONE));
  const rest = hosts.filter((host) => !course.verdicts.has(host));
  await skip(course, rest, 'Not started: another host changed since this plan was made.');
}

// A failure of ours on one host must not leave another half-way: all are waited for, then the first is told.
async function together(hosts: readonly string[], work: (host: string) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(hosts.map(work));
  const broken = outcomes.find((outcome) => outcome.status === 'rejected');
  if (broken) throw broken.reason;
}

async function begin(course: Course, host: string): Promise<void> {
  const hostPlan = planOf(course, host);
  const { prepared, deps } = course;
  const found = prepared.get(host);
  // Used once: the check is only up to date right after it was made.
  prepared.delete(host);
  try {
    await settle(course, host, await runHost(deps.hosts.engine(host), hostRun(course, hostPlan), found));
  } catch (error) {
    if (error instanceof PlanStale) return settle(course, host, notBegun(error.message));
    const why = refusal(error);
    if (why === undefined) throw error;
    await settle(course, host, { ...notBegun(''), why: phrase`Not started: ${why}` });
  }
}

async function endWhatWasBegun(course: Course): Promise<void> {
  const { deployment, plan, verdicts, begun } = course;
  const open = plan.waves.flat().filter((host) => !verdicts.has(host));
  const halfway = open.filter((host) => begun.has(host));
  const rest = open.filter((host) => !begun.has(host));
  // Between waves nothing is half done, and somebody is asked before it goes on: so it may.
  if (halfway.length === 0 && deployment.requestedWave !== undefined) return inWaves(course);
  await together(halfway, (host) => recover(course, host));
  await skip(course, rest, leftAlone(course.cutOff));
}

async function recover(course: Course, host: string): Promise<void> {
  const { begun, deps } = course;
  const hostPlan = planOf(course, host);
  try {
    if (hostPlan.strategy === 'swarm' && !deps.config.services.has(course.plan.service))
      throw new UserError('not_found', `The service ${course.plan.service} is no longer in the config.`);
    const { phases = [], gateLeftMs } = begun.get(host) ?? {};
    const run = { ...hostRun(course, hostPlan), gateLeftMs, cutOff: course.cutOff };
    await settle(course, host, await recoverHost(deps.hosts.engine(host), run, phases));
  } catch (error) {
    // It would be so again the next time, and the time after.
    const why = refusal(error);
    if (why === undefined) throw error;
    const phase = begun.get(host)?.phases.at(-1) ?? 'pull';
    await settle(course, host, {
      verdict: 'needs_attention',
      phase,
      why: phrase`${course.cutOff} in the middle of it (in the phase ${phase}), and cannot look at it now: ${why}`,
      tryThis: `Put it back into the config and deploy again, or look on ${host}: docker ps -a.`,
      ms: 0,
    });
  }
}

/** Looks at every host once more before the first of several is touched. */
async function mayBegin(course: Course): Promise<boolean> {
  const { plan, deps, signal } = course;
  const hosts = plan.waves.flat();
  if (deps.now() - course.deployment.createdAt > BEGIN_WITHIN_MS) {
    await skip(course, hosts, 'Not started: the approval is too old. Request the deploy again.');
    return false;
  }
  if (!course.whole) {
    await refuse(course, hosts);
    return false;
  }
  // All hosts are checked so that none is changed where another cannot be. A single host is planned again by `runHost`.
  if (hosts.length === 1) return true;
  const moved = await whatMoved(course, hosts);
  // Whoever stopped it is told so, rather than that no host answered.
  if (signal.aborted || moved.size === 0) return true;
  for (const [host, why] of moved) await settle(course, host, notBegun(why));
  const rest = hosts.filter((host) => !moved.has(host));
  await skip(course, rest, 'Not started: another host changed since this plan was made.');
  return false;
}

/** In words, of each host that is not as it was when the plan was made. */
async function whatMoved(course: Course, hosts: readonly string[]): Promise<ReadonlyMap<string, Phrase>> {
  const { plan, prepared, deps, signal } = course;
  const wanted = wantedOf(plan, deps.config);
  const known = hosts.filter((host) => !hasGone(course, host));
  const outcomes = await deps.hosts.each(
    known,
    async (engine, host) => {
      try {
        const found = await prepareHost(engine, host, wanted, { signal });
        mustAllow(plan, found.plan, deps.config);
        // Hosts of later waves are planned again before their turn, since earlier waves take minutes.
        if (plan.waves[0]?.includes(host)) prepared.set(host, found);
        return inWords(staleReasons(planFor(plan, host), found.plan));
      } catch (error) {
        const why = refusal(error);
        if (why === undefined) throw error;
        return why;
      }
    },
    { signal, deadlineMs: CHECK_MS },
  );
  const moved = new Map<string, Phrase>();
  for (const host of hosts) if (hasGone(course, host)) moved.set(host, GONE);
  for (const outcome of outcomes) {
    const why = outcome.ok ? outcome.value : `It did not answer: ${deps.redact(outcome.error.engineSaid)}`;
    if (why !== undefined) moved.set(outcome.host, why);
  }
  return moved;
}

const inWords = (reasons: readonly StaleReason[]) =>
  reasons.length > 0 ? reasons.map(({ text }) => text).join(' ') : undefined;

/** What a person can be told of an error; undefined for one of ours, and for a host that is only busy. */
function refusal(error: unknown): Phrase | undefined {
  if (!(error instanceof UserError) || error.reason === 'busy' || error.reason === 'stopped') return undefined;
  return error.hint === undefined ? error.phrase : joinPhrases([error.phrase, error.hint]);
}

async function refuse(course: Course, hosts: readonly string[]): Promise<void> {
  const why = 'Not started: the values given with -e can no longer be read, as after a change of FAIRLEAD_TOTP_KEY.';
  for (const host of hosts)
    await settle(course, host, { verdict: 'failed_kept_old', phase: 'pull', why, tryThis: 'Deploy it again.', ms: 0 });
}

async function skip(course: Course, hosts: readonly string[], why: Phrase): Promise<void> {
  for (const host of hosts) await settle(course, host, { verdict: 'skipped', phase: 'pull', why, tryThis: '', ms: 0 });
}

async function settle(course: Course, host: string, found: CardVerdict): Promise<void> {
  // An engine's own words may hold what a command line held.
  const { redact } = course;
  const verdict = { ...found, why: redactPhrase(found.why, redact), tryThis: redactPhrase(found.tryThis, redact) };
  const { lease, approval, deps, verdicts, progress } = course;
  const outcome = { host, verdict: verdict.verdict, detail: { ...verdict, ended: momentIn(0) }, at: deps.now() };
  await deps.store.deployments.hostVerdict(lease, outcome);
  verdicts.set(host, verdict);
  progress.delete(host);
  deps.board.changed(approval.id);
  if (verdict.evidence) await deps.board.note(approval.id, { kind: 'evidence', host, verdict });
}

function notBegun(why: Phrase): CardVerdict {
  return {
    verdict: 'failed_kept_old',
    phase: 'pull',
    why: phrase`Not started: the host changed since this plan was made. ${why}`,
    tryThis: 'Request the deploy again for a new plan.',
    ms: 0,
  };
}
