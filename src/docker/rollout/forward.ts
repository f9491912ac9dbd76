import { sayDuration } from '../../domain/duration.ts';
import { momentIn } from '../../machine.ts';
import type { Container } from '../client/types.ts';
import { rewire } from './aliases.ts';
import { look, type Site, StepFailed } from './context.ts';
import { wireOf } from './draft.ts';
import { adviceOn, type GateOutcome, gate, watch } from './gate.ts';
import { neighbourConflicts } from './neighbours.ts';
import { policyOf, type Study } from './plan.ts';
import { create, pull, rename, retain, setPolicy, start, stopFor } from './steps.ts';
import { surroundings, unlessGone } from './survey.ts';
import type { RestartPolicy } from './types.ts';

export type Passed = Extract<GateOutcome, { passed: true }>;

/** For ports, addresses and volumes that only one can have: the old version stops, and stays to go back to. */
export async function stopFirst(site: Site, study: Study): Promise<Passed> {
  const { names, plan } = site;
  await pull(site, study);
  const id = await create(site, study, names.candidate, true);
  const old = await oldOf(site);
  await spareNeighbours(site, study);
  await site.step('stop-old', 'stopping the old version');
  if (old.state === 'running') site.down();
  await stopFor(site, old);
  // Only now that it is stopped: a running container that is renamed leaves its old name in the DNS for good.
  await site.step('rename-old', `keeping the old version as ${names.previous}`);
  await rename(site, old.id, names.previous);
  await site.step('rename-new', `the new version becomes ${plan.name}`);
  await rename(site, id, plan.name);
  const passed = await startAndPass(site, id);
  await site.certainly('promote', 'the new version stays');
  await keep(site, study, id, passed);
  await tidyUp(site);
  return passed;
}

/** Nothing runs there yet. */
export async function createNew(site: Site, study: Study): Promise<Passed> {
  const { names, plan } = site;
  await pull(site, study);
  const id = await create(site, study, names.candidate, true);
  await site.step('rename-new', `the new version becomes ${plan.name}`);
  await rename(site, id, plan.name);
  const passed = await startAndPass(site, id);
  await site.certainly('promote', 'the new version stays');
  await keep(site, study, id, passed);
  await tidyUp(site);
  return passed;
}

/** The new version starts beside the old one, without the name it is to be found by until it has passed. */
export async function startFirst(site: Site, study: Study): Promise<Passed> {
  await pull(site, study);
  const id = await create(site, study, site.names.versioned, false);
  const passed = await startAndPass(site, id);
  await spareNeighbours(site, study);
  await site.step('promote', 'the network alias passes to the new version');
  await handOver(site, study, id, passed);
  await keep(site, study, id, passed);
  await drain(site, id, passed);
  await retireOld(site);
  await tidyUp(site);
  return passed;
}

/** Looks again right before the old version is touched: a pull takes minutes, in which somebody may have joined it. */
export async function spareNeighbours(site: Site, { draft }: Study): Promise<void> {
  const { engine, plan, run } = site;
  const around = await site.insist(() => surroundings(engine, plan.name, run.signal, plan.now?.containerId));
  const conflicts = neighbourConflicts(around, draft);
  if (conflicts.length > 0) throw new StepFailed(conflicts.join(' '), 'Then deploy again.');
}

async function startAndPass(site: Site, id: string): Promise<Passed> {
  await site.step('start', 'starting the new version');
  await start(site, id);
  const { healthyWithin } = site.run.wanted.rollout;
  await site.step('gate', 'waiting for the new version to be healthy', { until: { ...momentIn(healthyWithin) } });
  return pass(site, id, healthyWithin);
}

const SEE_LAST = 'Its last lines and health checks are in the thread of its card; fix it, then deploy a new version.';

/** The gate, or the reason why not as a failure. */
export async function pass(site: Site, id: string, healthyWithin: number): Promise<Passed> {
  const { stableFor, probe } = site.run.wanted.rollout;
  const outcome = await gate(site, id, { healthyWithin, stableFor, probe, signal: site.run.signal });
  if (outcome.passed) return outcome;
  throw new StepFailed(outcome.why, adviceOn(outcome, SEE_LAST), { blame: outcome.blame });
}

/** An alias cannot be added to a network a container is on, so it leaves and comes back with it. */
export async function handOver(site: Site, { draft, found }: Study, id: string, passed: Passed): Promise<void> {
  const { engine, plan, run } = site;
  const raw = await engine.inspectRaw(id);
  for (const [name, endpoint] of draft.endpoints) {
    const network = found.networks.find((item) => item.name === name || item.id === name);
    // The container's own name was one it was found by too, and the new one has another.
    const aliases = [...new Set([...endpoint.aliases, plan.name])];
    const has = raw.NetworkSettings.Networks[name]?.Aliases ?? [];
    if (!network || aliases.every((alias) => has.includes(alias))) continue;
    if (raw.NetworkSettings.Networks[name]) await engine.disconnectNetwork(network.id, id);
    await engine.connectNetwork(network.id, id, wireOf(endpoint, aliases));
  }
  const { healthyWithin, probe } = run.wanted.rollout;
  const outcome = await gate(site, id, { healthyWithin, stableFor: 0, probe, signal: run.signal, run: passed.run });
  if (outcome.passed) return;
  const advice = adviceOn(outcome, 'It passed, but not with its network alias: look at its log.');
  throw new StepFailed(outcome.why, advice, { blame: outcome.blame });
}

/**
 * The old version is no longer found by those who look for the service, and finishes what it began: stopped while it was,
 * it would take the requests of its last moments with it. The new one has all the requests for the first time now, so it
 * is watched for as long: the old one is still there to go back to.
 */
export async function drain(site: Site, id: string, passed: Passed): Promise<void> {
  const { run, names } = site;
  const { old } = await look(site);
  if (old?.state !== 'running') return;
  const forHowLong = sayDuration(run.wanted.rollout.drain);
  await site.step('drain', `the old version leaves the alias, and finishes what it began, for ${forHowLong}`);
  await unlessGone(rewire(site, old.id, names.previous, 'without'));
  const broken = await watch(site, id, passed.run, { ms: run.wanted.rollout.drain, signal: run.signal });
  if (broken) throw new StepFailed(broken.why, adviceOn(broken, SEE_LAST), { blame: broken.blame });
}

/** From here on the new version serves, and nobody can call it off. */
export async function retireOld(site: Site): Promise<void> {
  const { names } = site;
  await site.certainly('stop-old', 'stopping the old version');
  const { old } = await look(site);
  if (!old) return;
  await site.insist(() => stopFor(site, old));
  await site.certainly('rename-old', `keeping the old version as ${names.previous}`);
  await site.insist(() => rewire(site, old.id, names.previous, 'with aliases'));
}

/** Gives a version that has passed its own restart policy, and looks whether it still runs: until now it would not be restarted. */
export async function keep(site: Site, study: Study, id: string, passed: Passed): Promise<void> {
  const policy = policyFor(site, study);
  const refused = await site
    .insist(() => setPolicy(site, id, policy))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  await stillRuns(site, id, passed);
  if (refused !== undefined) throw refused;
}

/** Throws when the run that passed has ended since, whatever runs now: by its own policy it is restarted in a moment. */
export async function stillRuns(site: Site, id: string, { run }: Passed): Promise<void> {
  const broken = await watch(site, id, run, { ms: 0 });
  if (broken)
    throw new StepFailed(`It had passed, and then: ${broken.why}`, adviceOn(broken, PASSED_TOO_SOON), {
      blame: broken.blame,
    });
}

const PASSED_TOO_SOON = 'A health check, or a longer stableFor, would have seen it sooner.';

/** Nothing can be called off any more. */
export async function tidyUp(site: Site): Promise<void> {
  await site.certainly('retain', 'tidying up earlier versions');
  await site.insist(() => retain(site));
}

// An adopted one's is in the plan: the old container has lost its own by being stopped.
function policyFor({ plan, run }: Site, { draft }: Study): RestartPolicy {
  if (run.wanted.from.kind === 'adopt' && plan.now) return plan.now.restartPolicy;
  return policyOf(draft.hostConfig['RestartPolicy'] as Parameters<typeof policyOf>[0]);
}

async function oldOf(site: Site): Promise<Container> {
  const { old } = await look(site);
  if (old) return old;
  throw new StepFailed('The old container is gone: somebody removed it.', 'Plan again.');
}
