import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { LABELS } from '../../../src/docker/rollout/names.ts';
import type { Phase } from '../../../src/docker/rollout/types.ts';
import type { HostVerdict } from '../../../src/docker/rollout/verdict.ts';
import type { RolloutConfig } from '../../../src/docker/rollout/wanted.ts';
import { ulid } from '../../../src/domain/ulid.ts';
import { bed, describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { bundleProgram } from '../../bed/build.ts';
import type { Job, Kill, Order } from './killed-process.ts';
import { openScene, type Scene, SERVE } from './scene.ts';

/** On each of the engines of `.ci/run`, 20.10 and 28.5: two hundred in all. Every kill point is met on both. */
const KILLS = 100;
/** Processes that run at once, each with a service of its own. */
const PROCESSES = { 'stop-first': 3, 'start-first': 3, create: 2 } as const;
type Kind = keyof typeof PROCESSES;
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
let program: string;
beforeAll(async () => {
  if (!inject('bed')) return;
  folder = mkdtempSync(join(tmpdir(), 'fairlead-kill-'));
  program = await bundleProgram(join(import.meta.dirname, 'killed-process.ts'), join(folder, 'program'));
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

interface KillPoint {
  readonly phase: Phase;
  readonly moment: Kill['moment'];
  /** A version that does not pass, so that the rollback is killed. */
  readonly isBad: boolean;
}

/** Every phase boundary and a moment inside of every phase, in mixed order, also of the rollback of a bad version. */
function killPoints(kind: Kind): KillPoint[] {
  const good = PHASES[kind].map((phase) => ({ phase, isBad: false }));
  const all = [...good, { phase: 'roll-back', isBad: true } as const].flatMap((at) =>
    MOMENTS.map((moment) => ({ ...at, moment })),
  );
  return all.map((_, index) => all[(index * 7) % all.length] as KillPoint);
}

function verdictOf(deployId: string): HostVerdict | undefined {
  const file = join(folder, `${deployId}.verdict`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as HostVerdict) : undefined;
}

/** One version runs, old or new as the verdict says; nothing is left half-created; kept versions are stopped. */
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

describeWithEngine('killed at every phase boundary and in between', { timeout: 600_000 }, () => {
  it(`at least ${KILLS} processes: each deployment ends with a verdict, one version running, and nothing left over`, async () => {
    const verdicts: Record<string, number> = {};
    let kills = 0;
    const work = async (kind: Kind, due: { next(): KillPoint | undefined }) => {
      const service: Service = { name: uniqueName(kind), kind, last: undefined };
      if (kind !== 'create') await scene.run(service.name, 'a', settings(kind));
      let recover: string[] = [];
      for (let round = 0; ; round += 1) {
        const killPoint = due.next();
        const job = killPoint && (await jobFor(service, round, killPoint.isBad));
        const kill = job && {
          deployId: job.deployId,
          phase: killPoint.phase,
          moment: killPoint.moment,
          delay: Math.random() * 400,
        };
        const child = await startProcess(service, {
          socket: scene.socket,
          folder,
          recover,
          deploy: job ? [job] : [],
          kill,
        });
        if (service.last) await expectOne(service, verdictOf(service.last.deployId));
        for (const id of recover)
          verdicts[`${verdictOf(id)?.verdict}`] = (verdicts[`${verdictOf(id)?.verdict}`] ?? 0) + 1;
        if (!job) return;
        await clear(service);
        service.last = { deployId: job.deployId, tag: job.wanted.image.tag ?? '' };
        const ended = once(child, 'exit');
        child.send('go');
        const [, signal] = await ended;
        if (signal !== null) expect(signal).toBe('SIGKILL');
        kills += Number(signal === 'SIGKILL');
        // One that was killed before its plan was written was never begun.
        recover = signal === null || !existsSync(join(folder, `${job.deployId}.plan`)) ? [] : [job.deployId];
        if (signal !== null && recover.length === 0) service.last = undefined;
      }
    };
    await Promise.all(
      (Object.keys(PROCESSES) as Kind[]).flatMap((kind) => {
        const all = killPoints(kind);
        let at = 0;
        // Each once, then from the beginning until there are enough.
        const next = () => (at < all.length || kills < KILLS ? all[at++ % all.length] : undefined);
        return Array.from({ length: PROCESSES[kind] }, () => work(kind, { next }));
      }),
    );

    process.stdout.write(`${kills} processes killed: ${JSON.stringify(verdicts)}\n`);
    expect(kills).toBeGreaterThanOrEqual(KILLS);
    expect(Object.keys(verdicts).toSorted()).toEqual(['deployed', 'failed_kept_old', 'rolled_back']);
  });
});

async function jobFor({ name, kind, last }: Service, round: number, isBad: boolean): Promise<Job> {
  const tag = isBad ? 'bad' : last?.tag === 'a' ? 'b' : 'a';
  const container = { name, restart: 'always', networks: [{ name: 'none' }] };
  const from =
    kind === 'create' ? ({ kind: 'service', container } as const) : ({ kind: 'adopt', container: name } as const);
  // So that each differs from what runs, whatever that is.
  const overrides = { environment: { ROUND: `${round}` } };
  const deployId = ulid(Date.now());
  return { deployId, wanted: await scene.wanted(name, tag, { from, rollout: ROLLOUT, overrides }) };
}

/** Starts a process that first recovers the rollout of the last one; resolves when it has. */
async function startProcess({ name }: Service, order: Order) {
  const file = join(folder, `${name}.order`);
  writeFileSync(file, JSON.stringify(order));
  const child = fork(program, [file], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const failed = once(child, 'exit').then(([code]) => {
    if (order.deploy.length > 0) throw new Error(`The process ended with ${code} before it had recovered.`);
  });
  failed.catch(() => undefined);
  await (order.deploy.length > 0 ? Promise.race([once(child, 'message'), failed]) : failed);
  return child;
}

/** Removes the containers of a service that is created in each round. */
async function clear({ name, kind }: Service): Promise<void> {
  if (kind !== 'create') return;
  for (const at of Object.keys(await scene.containers(name)))
    await callEngine(scene.socket, 'DELETE', `/containers/${at}?force=true`);
}
