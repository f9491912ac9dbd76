import { setTimeout as sleep } from 'node:timers/promises';
import { sayDuration } from '../../domain/duration.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Phrase } from '../../domain/phrase.ts';
import { explain } from '../client/cause.ts';
import { EngineError } from '../client/engine-error.ts';
import type { Container } from '../client/types.ts';
import { byHand, rewire } from './aliases.ts';
import { blameFor, isHeldPort } from './blame.ts';
import { Aborted, isAway, look, mustLeave, type OnHost, type Site, StepFailed } from './context.ts';
import { collect } from './evidence.ts';
import { type GateOutcome, gate } from './gate.ts';
import { ownName } from './names.ts';
import { portAdvice, startContainer } from './start-container.ts';
import { drop, isFull, rename, retain, setPolicy, stopFor } from './steps.ts';
import { unlessGone } from './survey.ts';
import type { Blame, Evidence, HostVerdict, Phase, RestartPolicy, Running, RunningNow } from './types.ts';

/** Why it did not go on. */
export interface Cause {
  readonly phase: Phase;
  readonly why: string;
  readonly tryThis: Phrase;
  readonly blame: Blame;
  readonly isAbort: boolean;
  /** A crash cut off the stop of the old container: it may yet end, whatever it looks like now. */
  readonly mayStillStop?: boolean | undefined;
}

export function causeOf(error: unknown, site: Site): Cause {
  const phase = site.phase();
  const blame = blameFor(error, phase, site.run.signal);
  if (error instanceof Aborted || (error instanceof EngineError && error.fault === 'aborted'))
    return {
      phase,
      why: new Aborted(site.run.signal).message,
      tryThis: 'Deploy again when it is wanted.',
      blame,
      isAbort: true,
    };
  if (error instanceof StepFailed) return { phase, why: error.message, tryThis: error.tryThis, blame, isAbort: false };
  if (!(error instanceof EngineError))
    return { phase, why: messageOf(error), tryThis: 'Try again in a minute.', blame, isAbort: false };
  const { summary, tryThis } = explain(error, { host: site.plan.host });
  const said = isAway(error) ? `The engine on ${site.plan.host} stopped answering` : summary.replace(/\.$/u, '');
  const words = error.engineSaid.replace(/(?<![.\s])[.\s]+$/u, '');
  return { phase, why: `${said} (${phase}): ${words}.`, tryThis, blame, isAbort: false };
}

/**
 * The way back, from wherever it is: evidence first, then the new version away, then the old one as it was. It looks at
 * the host before each step, so that it may be done again after a crash in the middle of it.
 */
export async function goBack(site: Site, cause: Cause): Promise<HostVerdict> {
  await site.certainly('roll-back', 'going back to the old version', { why: cause.why, phase: cause.phase });
  const rest = { phase: cause.phase, tryThis: cause.tryThis, blame: cause.blame };
  const mayStillStop = cause.mayStillStop === true || site.mayStillStop();
  let evidence: Evidence | undefined;
  try {
    const { fresh, old } = await look(site);
    // What fails is still more than nothing.
    if (site.plan.now && !old && fresh?.state === 'running')
      return attention(site, rest, `${cause.why} The old container is gone, so the new one was left.`);
    const wasStarted = fresh !== undefined && (await everStarted(site, fresh));
    if (fresh && (wasStarted || cause.phase === 'start')) evidence = await collect(site, fresh.id);
    // Before the new version goes, which may have its alias: somebody must be found by it.
    const { now, strategy } = site.plan;
    if (old && now && strategy === 'start-first' && !mayStillStop)
      await site.insist(() => rewire(site, old.id, now.containerName, 'with aliases'));
    if (fresh) await putAway(site, fresh, wasStarted);
    const restored = await restore(site, cause.mayStillStop === true);
    const untidy = await retain(site).then(
      () => '',
      (error: unknown) => {
        if (mustLeave(error) || (error instanceof EngineError && error.fault === 'aborted')) throw error;
        return ` Earlier versions were not tidied up: ${messageOf(error)}`;
      },
    );
    const downMs = site.downMs();
    // A start-first rollout has moved everybody to the new version by then.
    const touched = restored.wasDown || cause.phase === 'drain' || (wasStarted && strategy !== 'start-first');
    if (restored.kind === 'lost') return attention(site, rest, `${cause.why} ${restored.why}`, { evidence });
    return {
      ...rest,
      verdict: cause.isAbort ? 'aborted' : touched && restored.kind === 'old' ? 'rolled_back' : 'failed_kept_old',
      why: `${cause.why} ${wordsFor(restored.kind, touched, downMs)}${untidy}`,
      evidence,
      ms: site.elapsed(),
      downMs,
      containerId: restored.id,
    };
  } catch (error) {
    // Nothing here is called off by anybody, so what was cut off was so by this process's own end.
    if (mustLeave(error) || (error instanceof EngineError && error.fault === 'aborted')) throw error;
    const why = isAway(error)
      ? `The engine on ${site.plan.host} does not answer, so the old version could not be brought back yet.`
      : `Going back failed too: ${messageOf(error)}`;
    const advice = error instanceof EngineError && isHeldPort(error) ? `${await portAdvice(site, error)} ` : '';
    return attention(site, rest, `${cause.why} ${why}`, { evidence, advice });
  }
}

/** What an engine was asked it does nevertheless, so it is given a moment. */
export const MOMENT_MS = 500;
const CREATES_WITHIN_MS = 5000;

/** Looked at once more after a moment: what was still under way when nobody heard its answer may have come in between. */
export async function backForGood(site: Site, cause: Cause): Promise<HostVerdict> {
  const verdict = await goBack(site, cause);
  if (verdict.verdict === 'needs_attention' || cause.phase === 'pull') return verdict;
  // An engine that is slow to make a container may have it seconds later.
  for (let waited = 0; cause.phase === 'create' && waited < CREATES_WITHIN_MS; waited += MOMENT_MS) {
    if ((await look(site).catch(() => undefined))?.fresh) break;
    await sleep(MOMENT_MS);
  }
  await sleep(MOMENT_MS);
  const { old, fresh } = await look(site).catch(() => ({ old: undefined, fresh: undefined }));
  const { now } = site.plan;
  const isOff = now?.state === 'running' && (old?.state !== 'running' || ownName(old) !== now.containerName);
  return isOff || fresh?.state === 'running' || fresh?.state === 'created' ? goBack(site, cause) : verdict;
}

async function everStarted(site: Site, { id }: Container): Promise<boolean> {
  const raw = await site.insist(() => unlessGone(site.engine.inspectRaw(id)));
  return raw !== undefined && Date.parse(raw.State.StartedAt) > 0;
}

/** One that ran stays for whoever looks for the reason; one that never did tells nothing. */
async function putAway(site: Site, fresh: Container, wasStarted: boolean): Promise<void> {
  const away = async () => {
    if (!wasStarted) return unlessGone(site.engine.removeContainer(fresh.id));
    await stopFor(site, fresh);
    return rename(site, fresh.id, site.names.failed);
  };
  await site.insist(away).catch(async (error: unknown) => {
    // What was to be seen of it has been; it leaves some room, and somebody must serve.
    if (isFull(error)) return site.insist(() => drop(site, fresh));
    // A start that was still under way has come first.
    if (!(error instanceof EngineError) || error.fault !== 'in_use') throw error;
    await site.insist(() => stopFor(site, fresh));
    await site.insist(() => rename(site, fresh.id, site.names.failed));
  });
}

type Restored =
  | { readonly kind: 'old' | 'nothing'; readonly id: string | undefined; readonly wasDown: boolean }
  | { readonly kind: 'lost'; readonly why: string; readonly wasDown: true };

/** The old container under its own name, with its own restart policy, and running if it did before. */
async function restore(site: Site, mayStillStop: boolean): Promise<Restored> {
  const { now } = site.plan;
  if (!now) return { kind: 'nothing', id: undefined, wasDown: false };
  const { old } = await look(site);
  if (!old) return { kind: 'lost', wasDown: true, why: 'The old container is gone: somebody removed it.' };
  const shouldRun = ['running', 'restarting'].includes(now.state);
  // Its end cannot be called off, but waited for. After a crash its policy tells whether it was ever told to end.
  const isDoomed = shouldRun && (site.mayStillStop() || (mayStillStop && (await hasNoPolicy(site, old))));
  if (isDoomed) await site.insist(() => stopFor(site, old));
  const isUp = await site.insist(() => resume(site, old, now, shouldRun));
  if (!shouldRun || isUp) return { kind: 'old', id: old.id, wasDown: false };
  const outcome = await gateOld(site, old.id);
  if (outcome.passed) return { kind: 'old', id: old.id, wasDown: true };
  return { kind: 'lost', wasDown: true, why: `The old version was started again, but: ${outcome.why}` };
}

async function hasNoPolicy(site: Site, { id }: Container): Promise<boolean> {
  const { HostConfig } = await site.insist(() => site.engine.inspectRaw(id));
  return same(HostConfig.RestartPolicy, { name: 'no', maximumRetryCount: 0 });
}

/** Nothing else serves: it is worth more patience than the new version was. */
const RESTART_AGAIN_MS = 45_000;

/** Resolves to whether it was running all the time. */
async function resume(site: Site, old: Container, now: RunningNow, shouldRun: boolean): Promise<boolean> {
  const raw = await site.engine.inspectRaw(old.id);
  const isUp = raw.State.Running === true;
  const untaken = await rewire(site, old.id, now.containerName, 'with aliases').then(
    () => true,
    (error: unknown) => {
      if (error instanceof EngineError && error.status === 409) return false;
      throw error;
    },
  );
  if (!same(raw.HostConfig.RestartPolicy, now.restartPolicy)) await setPolicy(site, old.id, now.restartPolicy);
  if (shouldRun && !isUp) await startContainer(site, old.id, RESTART_AGAIN_MS);
  // Under another name it serves too, at its ports at least.
  if (!untaken)
    throw new Error(`Another container has the name ${now.containerName}, so the old one has to do with another.`);
  return isUp;
}

function same(policy: { Name: string; MaximumRetryCount: number } | null | undefined, want: RestartPolicy): boolean {
  return (policy?.Name || 'no') === want.name && (policy?.MaximumRetryCount ?? 0) === want.maximumRetryCount;
}

/** It was good enough before; what is asked here is only that it came up again. */
const OLD_STABLE_MS = 2000;

function gateOld(site: Site, id: string): Promise<GateOutcome> {
  const { healthyWithin, stableFor, probe } = site.run.wanted.rollout;
  const terms = { healthyWithin, stableFor: Math.min(stableFor, OLD_STABLE_MS), probe, signal: undefined };
  return gate(site, id, terms);
}

function wordsFor(kind: 'old' | 'nothing', touched: boolean, downMs: number | undefined): string {
  if (kind === 'nothing') return 'Nothing ran there before, and nothing does now.';
  if (!touched) return 'The old version was never stopped.';
  return `The old version serves again${downMs === undefined ? '' : `, after ${sayDuration(downMs)} down`}.`;
}

async function attention(
  site: Site,
  rest: { readonly phase: Phase; readonly tryThis: Phrase; readonly blame: Blame },
  why: string,
  { evidence, advice = '' }: { readonly evidence?: Evidence | undefined; readonly advice?: string } = {},
): Promise<HostVerdict> {
  const host = await look(site).catch(() => undefined);
  const words = host && !host.old ? '' : byHand(site);
  return {
    ...rest,
    verdict: 'needs_attention',
    why: `${why}${host ? whatRuns(host) : ''}`,
    runs: host && whichRun(host),
    tryThis: `${advice}On ${site.plan.host}, see docker ps -a${words === '' ? '.' : `; then by hand: \`${words}\``}`,
    evidence,
    ms: site.elapsed(),
    downMs: site.downMs(),
  };
}

/** Whoever is called at night wants to know first whether anything serves. */
function whatRuns({ old, fresh }: OnHost): string {
  const [oldAs, newAs] = [runsAs(old), runsAs(fresh)];
  if (oldAs && newAs) return ` Both versions run: the old one as ${oldAs}, the new one as ${newAs}.`;
  if (oldAs) return ` The old version runs, as ${oldAs}.`;
  return newAs ? ` The new version runs, as ${newAs}.` : ' Neither version runs.';
}

export function whichRun({ old, fresh }: OnHost): Running {
  const [oldRuns, newRuns] = [old?.state === 'running', fresh?.state === 'running'];
  return oldRuns ? (newRuns ? 'both' : 'old') : newRuns ? 'new' : 'neither';
}

const runsAs = (one: Container | undefined) => (one?.state === 'running' ? ownName(one) : undefined);
