import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, inject, it, type TestContext } from 'vitest';
import { callEngine, mustCall, mustSend } from '../../../playground/engine/api.ts';
import { importBusybox } from '../../../playground/engine/images.ts';
import type { PrivateEngine } from '../../../playground/engine/private-engine.ts';
import { authHeaders } from '../../../src/docker/client/registry-auth.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { recoverHost } from '../../../src/docker/rollout/recover.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { RolloutConfig } from '../../../src/docker/rollout/wanted.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { startTestEngine } from '../../bed/engines.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from '../rollout/scene.ts';

// A swarm of one, on an engine that is nobody else's.
let engine: PrivateEngine;
let managerAddress: string;
let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  engine = await startTestEngine({ name: 'swarm' });
  await importBusybox(engine.socketPath, 'busybox:1.0');
  managerAddress = `127.0.0.1:${await freePort()}`;
  const swarm = { ListenAddr: managerAddress, AdvertiseAddr: '127.0.0.1' };
  await mustCall(engine.socketPath, 'POST', '/swarm/init', swarm);
  scene = await openScene(engine.socketPath);
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
  await scene.publish('crashes', ['CMD ["sh","-c","echo no luck; exit 3"]']);
  await scene.publish('crashes-later', ['CMD ["sh","-c","sleep 8; exit 4"]']);
  await scene.publish('needs-database', [
    'CMD ["sh","-c","test $DB || { echo no database; exit 5; }; trap \'exit 0\' TERM; sleep 600 & wait"]',
  ]);
});
afterAll(async () => {
  await scene?.close();
  await engine?.stop();
});

interface Made {
  readonly tag?: string;
  readonly env?: readonly string[];
  readonly mode?: object;
  readonly restart?: 'any' | 'none';
  readonly delayMs?: number;
  /** How many tasks must run before the test begins. */
  readonly tasks?: number;
}

async function service(
  { expect: own, onTestFinished }: TestContext,
  { tag = '1', env = [], mode, restart = 'any', delayMs = 0, tasks = 1 }: Made = {},
): Promise<string> {
  const name = uniqueName('shop');
  const { image } = await scene.wanted(name, tag);
  const spec = {
    Name: name,
    TaskTemplate: {
      ContainerSpec: { Image: `${image.repository}@${image.digest}`, Env: env, StopGracePeriod: 1_000_000_000 },
      RestartPolicy: { Condition: restart, Delay: 200_000_000 },
      Networks: [],
    },
    Mode: mode ?? { Replicated: { Replicas: tasks } },
    UpdateConfig: { Parallelism: 1, Delay: delayMs * 1_000_000 },
  };
  await mustSend(engine.socketPath, {
    method: 'POST',
    path: '/services/create',
    body: spec,
    headers: authHeaders(scene.auth),
  });
  onTestFinished(async () => {
    await callEngine(engine.socketPath, 'DELETE', `/services/${name}`);
  });
  await own.poll(async () => (await running(name)).length, { timeout: 30_000 }).toBe(tasks);
  return name;
}

async function tasksOf(name: string): Promise<readonly SwarmTask[]> {
  const filters = encodeURIComponent(JSON.stringify({ service: [name] }));
  return JSON.parse(await mustCall(engine.socketPath, 'GET', `/tasks?filters=${filters}`));
}

/** The images of the tasks that run and are to run. */
async function running(name: string): Promise<string[]> {
  const tasks = await tasksOf(name);
  const up = tasks.filter(({ Status, DesiredState }) => Status.State === 'running' && DesiredState === 'running');
  return up.map(({ Spec }) => Spec.ContainerSpec.Image);
}

const runningImage = async (name: string) => (await running(name))[0] ?? '';

interface SwarmTask {
  readonly DesiredState: string;
  readonly Status: { readonly State: string };
  readonly Spec: { readonly ContainerSpec: { readonly Image: string } };
}

const wanted = (name: string, tag: string, more: Partial<RolloutConfig> = {}, environment = {}) =>
  scene.wanted(name, tag, {
    from: { kind: 'swarm', service: name },
    rollout: { ...QUICK, healthyWithin: 40_000, stableFor: 1000, ...more },
    overrides: { environment: { MODE: 'secret', ...environment } },
  });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

// Beside each other, since what they do is wait for Swarm; so each polls with the `expect` of its own test.
describeWithEngine('a Swarm service', { timeout: 120_000, concurrent: true }, () => {
  it('is updated by Swarm, by digest, and watched', async (test) => {
    const name = await service(test, { env: ['MODE=old', 'KEPT=1'] });
    const { run, plan, phases } = await prepare(scene, await wanted(name, '2'));

    const verdict = await runHost(scene.engine, run);

    expect(plan).toMatchObject({ strategy: 'swarm', conflicts: [], unchanged: false });
    expect(plan.changes).toEqual([{ setting: 'environment MODE', from: 'before', to: 'changed', secret: true }]);
    expect(JSON.stringify(plan)).not.toContain('secret"]');
    expect(verdict).toMatchObject({ verdict: 'deployed', strength: 'only running' });
    expect(phases).toEqual(['update', 'watch']);
    expect(await runningImage(name)).toBe(`${scene.repository}:2@${run.wanted.image.digest}`);
    const again = await planHost(scene.engine, 'web-1', run.wanted);
    expect(again.unchanged).toBe(true);
    expect(await recoverHost(scene.engine, run, ['watch'])).toMatchObject({ verdict: 'deployed' });
  });

  it('is rolled back by Swarm when its new tasks fail, with the reason', async (test) => {
    const name = await service(test);
    const before = await runningImage(name);
    const { run } = await prepare(scene, await wanted(name, 'crashes'));

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({ verdict: 'rolled_back', evidence: { exitCode: 3, lastLines: ['no luck'] } });
    expect(verdict.why).toContain('non-zero exit (3)');
    await test.expect.poll(() => runningImage(name), { timeout: 30_000 }).toBe(before);
  });

  it('is rolled back when it fails after Swarm reported the update as complete', async (test) => {
    const name = await service(test);
    const before = await runningImage(name);
    const { run } = await prepare(scene, await wanted(name, 'crashes-later', { stableFor: 5000 }));

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({ verdict: 'rolled_back', phase: 'watch', blame: 'crashed' });
    await test.expect.poll(() => runningImage(name), { timeout: 30_000 }).toBe(before);
  });

  it('is rolled back when someone aborts, and Swarm is waited for', async (test) => {
    const name = await service(test, { tasks: 2, delayMs: 4000 });
    const before = await runningImage(name);
    const told = await prepare(scene, await wanted(name, '2', { healthyWithin: 500 }), {
      journal: async (phase) => {
        if (phase === 'watch') told.abort.abort();
      },
    });

    expect(await runHost(scene.engine, told.run)).toMatchObject({ verdict: 'aborted' });

    await test.expect.poll(() => runningImage(name), { timeout: 30_000 }).toBe(before);
  });

  it('is not touched when someone else updated it meanwhile', async (test) => {
    const name = await service(test);
    const { run } = await prepare(scene, await wanted(name, '2'));
    const other = await prepare(scene, await wanted(name, '2', { stableFor: 900 }), { deployId: '01JDOTHER000' });
    await runHost(scene.engine, other.run);

    await expect(runHost(scene.engine, run)).rejects.toMatchObject({ name: 'PlanStale' });
  });

  it('is not rolled back for the failure of an earlier update', async (test) => {
    const name = await service(test);
    const first = await prepare(scene, await wanted(name, 'needs-database'));
    const failed = await runHost(scene.engine, first.run);
    expect(failed).toMatchObject({ verdict: 'rolled_back', evidence: { lastLines: ['no database'] } });
    await test.expect.poll(() => running(name), { timeout: 30_000 }).toHaveLength(1);

    const { run } = await prepare(scene, await wanted(name, 'needs-database', {}, { DB: 'up' }));
    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({ verdict: 'deployed' });
    expect(await recoverHost(scene.engine, run, ['watch'])).toMatchObject({ verdict: 'deployed' });
  });

  it('is not rolled back without running tasks, although Swarm reports no update', async (test) => {
    const ended = await service(test, {
      tag: 'crashes',
      restart: 'none',
      tasks: 0,
      mode: { Replicated: { Replicas: 1 } },
    });
    await test.expect.poll(async () => (await tasksOf(ended))[0]?.Status.State, { timeout: 30_000 }).toBe('failed');
    const none = await service(test, { tasks: 0 });
    const runs = [await prepare(scene, await wanted(ended, '2')), await prepare(scene, await wanted(none, '2'))];

    const verdicts = await Promise.all(runs.map(({ run }) => runHost(scene.engine, run)));

    expect(verdicts).toMatchObject([
      { verdict: 'deployed', why: expect.not.stringContaining('no tasks') },
      { verdict: 'deployed', why: expect.stringContaining('no tasks') },
    ]);
  });

  it('has the time that Swarm takes between batches and for monitoring', async (test) => {
    const name = await service(test, { tasks: 2, delayMs: 4000 });
    const { run } = await prepare(scene, await wanted(name, '2', { healthyWithin: 2000 }));

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({ verdict: 'deployed' });
    expect(verdict.ms).toBeGreaterThan(11_000);
  });
});

// Alone: the tasks of others would come onto its second node.
describeWithEngine('a Swarm service on two nodes', { timeout: 120_000 }, () => {
  it('with a task on every node is done when every node has it', async (test) => {
    const second = await startTestEngine({ name: 'swarm-2' });
    test.onTestFinished(second.stop);
    const { JoinTokens } = JSON.parse(await mustCall(engine.socketPath, 'GET', '/swarm'));
    const join = { ListenAddr: '127.0.0.2:0', AdvertiseAddr: '127.0.0.2', RemoteAddrs: [managerAddress] };
    await mustCall(second.socketPath, 'POST', '/swarm/join', { ...join, JoinToken: JoinTokens.Worker });
    const name = await service(test, { mode: { Global: {} }, tasks: 2, delayMs: 4000 });
    const { run, plan, said } = await prepare(scene, await wanted(name, '2'));

    const verdict = await runHost(scene.engine, run);

    expect(verdict.why).toMatch(/\b2 tasks\b/u);
    expect(verdict.verdict).toBe('deployed');
    expect(said.map(({ words }) => words)).toContain('1 of 2 tasks run the new version');
    expect(plan.why).toContain('a task on every node');
    expect(await running(name)).toEqual([1, 2].map(() => `${scene.repository}:2@${run.wanted.image.digest}`));
  });
});
