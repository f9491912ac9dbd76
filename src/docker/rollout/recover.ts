import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, Engine } from '../engine.ts';
import { type Cause, causeOf, goBack } from './back.ts';
import { drain, handOver, keep, pass, retireOld, tidyUp } from './forward.ts';
import { ownName } from './names.ts';
import { study } from './plan.ts';
import { deployed, ended, swarmForward, unlessLost } from './run.ts';
import { Aborted, LeaseLost, look, openSite, type Site, StepFailed } from './site.ts';
import { watchSwarm } from './swarm.ts';
import type { HostRun, HostVerdict, Phase } from './types.ts';

/** Phases at which the new version is or was seen to run. */
const IN_GATE: readonly (Phase | undefined)[] = [
  'start',
  'gate',
  'promote',
  'drain',
  'stop-old',
  'rename-old',
  'retain',
];

/** Its end may be under way, which is no moment to move it between networks. */
const RETIRING: readonly (Phase | undefined)[] = ['stop-old', 'rename-old', 'retain'];

/**
 * Ends what a crash interrupted. Going back needs nobody. Going forward it only asks a version that already ran to pass
 * the gate once more; everything short of that needs a fresh approval, so it goes back. Doing it twice changes nothing
 * more.
 */
export async function recoverHost(engine: Engine, run: HostRun, lastPhase: Phase | undefined): Promise<HostVerdict> {
  const site = openSite(engine, run);
  return unlessLost(async () => {
    if (run.wanted.from.kind === 'swarm') return swarmForward(site, () => watchSwarm(site, '', lastPhase ?? 'update'));
    try {
      const fresh = await settled(site, lastPhase);
      const isUp = fresh?.state === 'running' && IN_GATE.includes(lastPhase) && hasTakenOver(site, lastPhase);
      if (!isUp) throw new StepFailed(interrupted(lastPhase), 'Deploy again.');
      if (run.signal.aborted) throw new Aborted(run.signal);
      return await again(site, fresh.id, lastPhase);
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      if (site.phase() !== 'pull') return ended(site, error);
      const cause = causeOf(error, site);
      return backForGood(site, { ...cause, phase: lastPhase ?? 'pull', mayStillStop: lastPhase === 'stop-old' });
    }
  });
}

/** What an engine was asked before the crash it does nevertheless, so it is given a moment. */
const MOMENT_MS = 500;

/** Looked at once more after a moment: what was still under way at the crash may have come in between. */
async function backForGood(site: Site, cause: Cause): Promise<HostVerdict> {
  const verdict = await goBack(site, cause);
  if (verdict.verdict === 'needs_attention' || cause.phase === 'pull') return verdict;
  await sleep(MOMENT_MS);
  const { old, fresh } = await look(site).catch(() => ({ old: undefined, fresh: undefined }));
  const { now } = site.plan;
  const isOff = now?.state === 'running' && (old?.state !== 'running' || ownName(old) !== now.containerName);
  return isOff || fresh?.state === 'running' || fresh?.state === 'created' ? goBack(site, cause) : verdict;
}

async function settled(site: Site, lastPhase: Phase | undefined): Promise<Container | undefined> {
  if (lastPhase === undefined) return (await look(site)).fresh;
  await sleep(MOMENT_MS);
  const { fresh } = await look(site);
  if (fresh || lastPhase !== 'create') return fresh;
  await sleep(MOMENT_MS);
  return (await look(site)).fresh;
}

// Of a stop-first rollout these come before the new version starts.
function hasTakenOver({ plan }: Site, lastPhase: Phase | undefined): boolean {
  return plan.strategy === 'start-first' || (lastPhase !== 'stop-old' && lastPhase !== 'rename-old');
}

const interrupted = (phase: Phase | undefined) =>
  `Fairlead ended in the middle of it (${phase === undefined ? 'before it began' : `in the phase ${phase}`}).`;

async function again(site: Site, id: string, lastPhase: Phase | undefined): Promise<HostVerdict> {
  const { run, plan } = site;
  const { healthyWithin } = run.wanted.rollout;
  await site.step('gate', 'Fairlead was restarted: looking at the new version again');
  const remaining =
    lastPhase === 'gate' && run.gateDeadlineAt !== undefined ? run.gateDeadlineAt - Date.now() : healthyWithin;
  const { strength } = await pass(site, id, Math.max(0, remaining));
  const found = await study(site.engine, plan.host, run.wanted, { signal: run.signal, oldId: plan.now?.containerId });
  if (plan.strategy === 'start-first') {
    await site.step('promote', 'the network alias passes to the new version');
    await handOver(site, found, id);
    await keep(site, found, id);
    if (!RETIRING.includes(lastPhase)) await drain(site, id);
    await retireOld(site);
  } else {
    await site.certainly('promote', 'the new version stays');
    await keep(site, found, id);
  }
  await tidyUp(site);
  return deployed(site, strength);
}
