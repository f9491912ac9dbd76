import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../client/engine.ts';
import type { Container } from '../client/types.ts';
import { watchSwarm } from '../swarm/rollout.ts';
import { Aborted, look, mustLeave, openSite, type Site, StepFailed } from './context.ts';
import { drain, handOver, keep, pass, retireOld, spareNeighbours, tidyUp } from './forward.ts';
import { study } from './plan.ts';
import { backForGood, causeOf, MOMENT_MS } from './rollback.ts';
import { deployed, ended, swarmForward, unlessLost } from './run.ts';
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
const RETIRING: readonly Phase[] = ['stop-old', 'rename-old', 'retain'];

/**
 * Ends what a crash interrupted. Going back needs nobody. Going forward it only asks a version that already ran to pass
 * the gate once more; everything short of that needs a fresh approval, so it goes back. Doing it twice changes nothing
 * more.
 */
export async function recoverHost(engine: Engine, run: HostRun, phases: readonly Phase[]): Promise<HostVerdict> {
  const site = openSite(engine, run);
  const lastPhase = phases.at(-1);
  return unlessLost(async () => {
    if (run.wanted.from.kind === 'swarm') return swarmForward(site, () => watchSwarm(site, '', lastPhase ?? 'update'));
    try {
      const fresh = await settled(site, lastPhase);
      const isUp = fresh?.state === 'running' && IN_GATE.includes(lastPhase) && hasTakenOver(site, lastPhase);
      if (!isUp) throw new StepFailed(interrupted(run, lastPhase), 'Deploy again.', { blame: 'fairlead' });
      if (run.signal.aborted) throw new Aborted(run.signal);
      return await again(site, fresh.id, phases);
    } catch (error) {
      if (mustLeave(error)) throw error;
      if (site.phase() !== 'pull') return ended(site, error);
      const cause = causeOf(error, site);
      return backForGood(site, { ...cause, phase: lastPhase ?? 'pull', mayStillStop: wasStopping(phases) });
    }
  });
}

async function settled(site: Site, lastPhase: Phase | undefined): Promise<Container | undefined> {
  if (lastPhase === undefined) return (await look(site)).fresh;
  await sleep(MOMENT_MS);
  const { fresh } = await look(site);
  if (fresh || lastPhase !== 'create') return fresh;
  await sleep(MOMENT_MS);
  return (await look(site)).fresh;
}

// What comes after is journalled once the stop has returned; a way back that was begun meanwhile says nothing of it.
const wasStopping = (phases: readonly Phase[]) => phases.lastIndexOf('stop-old') > phases.lastIndexOf('rename-old');

// Of a stop-first rollout these come before the new version starts.
function hasTakenOver({ plan }: Site, lastPhase: Phase | undefined): boolean {
  return plan.strategy === 'start-first' || (lastPhase !== 'stop-old' && lastPhase !== 'rename-old');
}

const interrupted = ({ cutOff = 'Fairlead was restarted' }: HostRun, phase: Phase | undefined) =>
  `${cutOff} ${phase === undefined ? 'before it began' : `in the middle of it (in the phase ${phase})`}.`;

async function again(site: Site, id: string, phases: readonly Phase[]): Promise<HostVerdict> {
  const { run, plan } = site;
  const lastPhase = phases.at(-1);
  const { healthyWithin } = run.wanted.rollout;
  await site.step('gate', 'looking at the new version again');
  const left = lastPhase === 'gate' ? run.gateLeftMs : undefined;
  const passed = await pass(site, id, Math.max(0, Math.min(left ?? healthyWithin, healthyWithin)));
  const found = await study(site.engine, plan.host, run.wanted, { signal: run.signal, oldId: plan.now?.containerId });
  if (plan.strategy === 'start-first') {
    // What is being stopped leaves nobody to be spared.
    if (!phases.some((phase) => RETIRING.includes(phase))) await spareNeighbours(site, found);
    await site.step('promote', 'the network alias passes to the new version');
    await handOver(site, found, id, passed);
    await keep(site, found, id, passed);
    if (!phases.some((phase) => RETIRING.includes(phase))) await drain(site, id, passed);
    await retireOld(site);
  } else {
    await site.certainly('promote', 'the new version stays');
    await keep(site, found, id, passed);
  }
  await tidyUp(site);
  return deployed(site, passed);
}
