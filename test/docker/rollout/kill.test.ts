import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { LABELS } from '../../../src/docker/rollout/names.ts';
import type { HostVerdict, Phase, RolloutConfig } from '../../../src/docker/rollout/types.ts';
import { bed, describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, type Scene, SERVE } from './scene.ts';
import type { Death, Job, Order } from './victim.ts';

const KILLS = 200;
const AT_ONCE = { 'stop-first': 4, 'start-first': 2, create: 2 } as const;
type Kind = keyof typeof AT_ONCE;
const PHASES: Record<Kind, readonly Phase[]> = {
  'stop-first': ['pull', 'create', 'stop-old', 'rename-old', 'rename-new', 'start', 'gate', 'promote', 'retain'],
  'start-first': ['pull', 'create', 'start', 'gate', 'promote', 'drain', 'stop-old', 'rename-old', 'retain'],
  create: ['pull', 'create', 'rename-new', 'start', 'gate', 'promote', 'retain'],
};
const MOMENTS = ['before the journal', 'after the journal', 'in the phase'] as const;
const ROLLOUT: RolloutConfig = { strategy: 'auto', healthyWithin: 15_000, stableFor: 100, drain: 100, keep: 1 };

interface Service {
  readonly name: string;
  readonly kind: Kind;
  last: { readonly deployId: string; readonly tag: string } | undefined;
}

let scene: Scene;
let folder: string;
let network: string;
beforeAll(async () => {
  if (!inject('bed')) return;
  folder = mkdtempSync(join(tmpdir(), 'fairlead-kill-'));
  scene = await openScene();
  network = uniqueName('net');
  await mustCall(scene.socket, 'POST', '/networks/create', { Name: network, Internal: true });
  for (const tag of ['a', 'b']) await scene.publish(tag, [SERVE]);
  await scene.publish('bad', ['CMD ["sh","-c","exit 3"]']);
});
afterAll(async () => {
  await scene?.close();
  await callEngine(bed().sockets[0] as string, 'DELETE', `/networks/${network}`);
  rmSync(folder, { recursive: true, force: true });
});

const settings = (kind: Kind) =>
  kind === 'start-first'
    ? {
        HostConfig: { NetworkMode: network, RestartPolicy: { Name: 'always' } },
        NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ['web'] } } },
      }
    : { HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always' } } };

/** Every boundary once, then moments inside of phases, in an order that mixes the strategies. */
function deaths(): { kind: Kind; phase: Phase; moment: Death['moment'] }[] {
  const all = MOMENTS.flatMap((moment) =>
    (Object.keys(PHASES) as Kind[]).flatMap((kind) => PHASES[kind].map((phase) => ({ kind, phase, moment }))),
  );
  return all
    .map((death, index) => ({ death, at: (index * 29) % all.length }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ death }) => death);
}

function verdictOf(deployId: string): HostVerdict | undefined {
  const file = join(folder, `${deployId}.verdict`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as HostVerdict) : undefined;
}

/** One running version, old or new as the verdict says; nothing half-made; what is kept is stopped. */
async function expectOne({ name, kind, last }: Service, verdict: HostVerdict | undefined): Promise<void> {
  const all = await scene.containers(name);
  const story = JSON.stringify({ name, kind, last, verdict, all });
  const running = Object.keys(all).filter((at) => all[at] === 'running');
  const isEmpty = kind === 'create' && verdict?.verdict !== 'deployed';
  expect(running, story).toHaveLength(isEmpty ? 0 : 1);
  for (const [at, state] of Object.entries(all)) {
    if (running.includes(at)) continue;
    expect(`${at} ${state}`, story).toMatch(/\.(?:prev|failed)-\w+ exited$/u);
  }
  if (isEmpty || last === undefined) return;
  const live = await scene.inspect(running[0] as string);
  const labels = live.Config['Labels'] as Record<string, string>;
  expect(verdict?.verdict, story).toMatch(/^(?:deployed|rolled_back|failed_kept_old)$/u);
  expect(labels[LABELS.deploy] === last.deployId, story).toBe(verdict?.verdict === 'deployed');
  expect(live.HostConfig['RestartPolicy'], story).toMatchObject({ Name: 'always' });
  expect(running[0], story).toMatch(
    kind === 'start-first' ? new RegExp(`^${name}(?:-\\w{8})?$`, 'u') : new RegExp(`^${name}$`, 'u'),
  );
  if (kind === 'start-first') expect(live.NetworkSettings.Networks[network]?.Aliases, story).toContain('web');
}

describeWithEngine('killed at every phase boundary and in between', { timeout: 900_000 }, () => {
  it(`at least ${KILLS} deployments end with a verdict, one version running, and nothing left over`, async () => {
    const services = (Object.entries(AT_ONCE) as [Kind, number][]).flatMap(([kind, count]) =>
      Array.from({ length: count }, (): Service => ({ name: uniqueName(kind), kind, last: undefined })),
    );
    await Promise.all(
      services.filter(({ kind }) => kind !== 'create').map(({ name, kind }) => scene.run(name, 'a', settings(kind))),
    );
    const counts: Record<string, number> = {};
    const plans = deaths();
    let interrupted = 0;
    let processes = 0;
    let recover: string[] = [];

    for (let round = 0; interrupted < KILLS; round += 1) {
      const { kind, phase, moment } = plans[round % plans.length] as (typeof plans)[number];
      const jobs = await Promise.all(services.map((service, index) => jobFor(service, round, index)));
      const chosen = services.findIndex((service) => service.kind === kind);
      const death: Death = { deployId: jobs[chosen]?.deployId ?? '', phase, moment, delay: Math.random() * 400 };
      const child = await birth({ socket: scene.socket, folder, recover, deploy: jobs, death });
      for (const service of services) if (service.last) await expectOne(service, verdictOf(service.last.deployId));
      for (const id of recover) count(counts, verdictOf(id)?.verdict);
      await clear(services);
      services.forEach((service, index) => {
        service.last = jobs[index] && { deployId: jobs[index].deployId, tag: jobs[index].wanted.image.tag ?? '' };
      });
      child.send('go');
      await once(child, 'exit');
      processes += 1;
      recover = jobs
        .map(({ deployId }) => deployId)
        .filter((id) => verdictOf(id) === undefined && existsSync(join(folder, `${id}.plan`)));
      for (const service of services)
        if (!recover.includes(service.last?.deployId ?? '') && !verdictOf(service.last?.deployId ?? ''))
          service.last = undefined;
      interrupted += recover.length;
    }
    await birth({ socket: scene.socket, folder, recover, deploy: [] });
    for (const service of services) if (service.last) await expectOne(service, verdictOf(service.last.deployId));
    for (const id of recover) count(counts, verdictOf(id)?.verdict);

    process.stdout.write(`${interrupted} deployments killed with ${processes} processes: ${JSON.stringify(counts)}\n`);
    expect(interrupted).toBeGreaterThanOrEqual(KILLS);
    expect(Object.keys(counts).toSorted()).toEqual(['deployed', 'failed_kept_old', 'rolled_back']);
  });
});

const count = (counts: Record<string, number>, verdict: string | undefined) => {
  counts[`${verdict}`] = (counts[`${verdict}`] ?? 0) + 1;
};

async function jobFor({ name, kind, last }: Service, round: number, index: number): Promise<Job> {
  // Every third of those that are not first in line is a version that does not work.
  const isBad = index % 2 === 1 && (round + index) % 3 === 0;
  const tag = isBad ? 'bad' : last?.tag === 'a' ? 'b' : 'a';
  const container = { name, restart: 'always', networks: [{ name: 'none' }] };
  const from =
    kind === 'create' ? ({ kind: 'service', container } as const) : ({ kind: 'adopt', container: name } as const);
  // So that each differs from what runs, whatever that is.
  const overrides = { environment: { ROUND: `${round}` } };
  const deployId = `01JD${String(round).padStart(4, '0')}${String(index).padStart(4, '0')}`;
  return { deployId, wanted: await scene.wanted(name, tag, { from, rollout: ROLLOUT, overrides }) };
}

/** A fresh process that has ended what the last one left; resolves when it says so. */
async function birth(order: Order) {
  const file = join(folder, 'order.json');
  writeFileSync(file, JSON.stringify(order));
  const child = fork(join(import.meta.dirname, 'victim.ts'), [file], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const failed = once(child, 'exit').then(([code]) => {
    if (order.deploy.length > 0) throw new Error(`The process ended with ${code} before it had recovered.`);
  });
  failed.catch(() => undefined);
  await (order.deploy.length > 0 ? Promise.race([once(child, 'message'), failed]) : failed);
  return child;
}

/** For the next round there is nothing again where a service is to be made. */
async function clear(services: readonly Service[]): Promise<void> {
  for (const { name } of services.filter(({ kind }) => kind === 'create'))
    for (const at of Object.keys(await scene.containers(name)))
      await callEngine(scene.socket, 'DELETE', `/containers/${at}?force=true`);
}
