import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { importBusybox } from '../../../playground/engine/images.ts';
import { type PrivateEngine, startEngine } from '../../../playground/engine/private-engine.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { recoverHost } from '../../../src/docker/rollout/recover.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from './scene.ts';

// A swarm of one, on an engine that is nobody else's.
let engine: PrivateEngine;
let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  engine = await startEngine({ name: 'swarm' });
  await importBusybox(engine.socketPath, 'busybox:1.0');
  const swarm = { ListenAddr: '127.0.0.1:0', AdvertiseAddr: '127.0.0.1' };
  await mustCall(engine.socketPath, 'POST', '/swarm/init', swarm);
  scene = await openScene(engine.socketPath);
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
  await scene.publish('crashes', ['CMD ["sh","-c","echo no luck; exit 3"]']);
  const needs = '[ "$DB" = up ] || { echo no database; exit 3; }; trap \'exit 0\' TERM; sleep 600 & wait';
  await scene.publish('needs-database', [`CMD ${JSON.stringify(['sh', '-c', needs])}`]);
  await scene.publish('crashes-later', ['CMD ["sh","-c","sleep 8; exit 4"]']);
});
afterAll(async () => {
  await scene?.close();
  await engine?.stop();
});

async function service(env: readonly string[] = [], more: object = {}): Promise<string> {
  const name = uniqueName('shop');
  const { image } = await scene.wanted(name, '1');
  await mustCall(engine.socketPath, 'POST', '/services/create', {
    Name: name,
    TaskTemplate: {
      ContainerSpec: { Image: `${image.repository}@${image.digest}`, Env: env },
      RestartPolicy: { Condition: 'any', Delay: 200_000_000 },
      Networks: [],
    },
    Mode: { Replicated: { Replicas: 1 } },
    ...more,
  });
  onTestFinished(async () => {
    await callEngine(engine.socketPath, 'DELETE', `/services/${name}`);
  });
  await expect.poll(() => runningImage(name), { timeout: 30_000 }).toContain(image.digest);
  return name;
}

async function runningImage(name: string): Promise<string> {
  const filters = encodeURIComponent(JSON.stringify({ service: [name], 'desired-state': ['running'] }));
  const tasks = JSON.parse(await mustCall(engine.socketPath, 'GET', `/tasks?filters=${filters}`)) as {
    Status: { State: string };
    Spec: { ContainerSpec: { Image: string } };
  }[];
  return tasks.find(({ Status }) => Status.State === 'running')?.Spec.ContainerSpec.Image ?? '';
}

const wanted = (name: string, tag: string, stableFor = 1000) =>
  scene.wanted(name, tag, {
    from: { kind: 'swarm', service: name },
    rollout: { ...QUICK, healthyWithin: 40_000, stableFor },
    overrides: { environment: { MODE: 'secret' } },
  });

describeWithEngine('a Swarm service', { timeout: 120_000 }, () => {
  it('is updated by Swarm, by digest, and watched', async () => {
    const name = await service(['MODE=old', 'KEPT=1']);
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

  it('goes back by itself when its new tasks fail, and the reason is shown', async () => {
    const name = await service();
    const before = await runningImage(name);
    const { run } = await prepare(scene, await wanted(name, 'crashes'));

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({ verdict: 'rolled_back', evidence: { exitCode: 3, lastLines: ['no luck'] } });
    expect(verdict.why).toMatch(/non-zero exit \(3\).* Swarm went back to the old version\.$/u);
    await expect.poll(() => runningImage(name), { timeout: 30_000 }).toBe(before);
  });

  it('is taken back when it fails after Swarm has called the update complete', async () => {
    const name = await service();
    const before = await runningImage(name);
    const { run } = await prepare(scene, await wanted(name, 'crashes-later', 5000));

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({ verdict: 'rolled_back' });
    expect(verdict.why).toMatch(/^A task failed after Swarm had called the update complete/u);
    await expect.poll(() => runningImage(name), { timeout: 30_000 }).toBe(before);
  });

  it('is not undone for tasks of the same version that failed in an earlier update', async () => {
    const name = await service(['DB=down']);
    const asked = (DB: string, stableFor = 1000) =>
      scene.wanted(name, 'needs-database', {
        from: { kind: 'swarm', service: name },
        rollout: { ...QUICK, healthyWithin: 40_000, stableFor },
        overrides: { environment: { DB } },
      });
    const first = await prepare(scene, await asked('down'));
    expect(await runHost(scene.engine, first.run)).toMatchObject({ verdict: 'rolled_back' });

    const second = await prepare(scene, await asked('up'));
    const verdict = await runHost(scene.engine, second.run);

    expect(verdict).toMatchObject({ verdict: 'deployed' });
    expect(await runningImage(name)).toContain(second.run.wanted.image.digest);
  });

  it('is given the time its own update takes, between its tasks and after the last', async () => {
    const name = await service([], {
      Mode: { Replicated: { Replicas: 2 } },
      UpdateConfig: { Parallelism: 1, Delay: 6_000_000_000, Monitor: 1_000_000_000, FailureAction: 'pause' },
    });
    const rollout = { ...QUICK, healthyWithin: 3000, stableFor: 200 };
    const { run } = await prepare(scene, { ...(await wanted(name, '2')), rollout });

    expect(await runHost(scene.engine, run)).toMatchObject({
      verdict: 'deployed',
      why: expect.stringMatching(/^All 2 tasks run the new version/u),
    });
  });

  it('with a task on every node is done when each has the new version', async () => {
    const name = await service([], { Mode: { Global: {} } });
    const { run, plan } = await prepare(scene, await wanted(name, '2'));

    expect(plan.why).toContain('with a task on every node');
    expect(await runHost(scene.engine, run)).toMatchObject({
      verdict: 'deployed',
      why: expect.stringMatching(/^Its one task runs the new version/u),
    });
    expect(await runningImage(name)).toContain(run.wanted.image.digest);
  });

  it('goes back when somebody aborts', async () => {
    const name = await service();
    const before = await runningImage(name);
    const told = await prepare(scene, await wanted(name, '2'), {
      journal: async (phase) => {
        if (phase === 'watch') told.abort.abort();
      },
    });

    expect(await runHost(scene.engine, told.run)).toMatchObject({ verdict: 'aborted' });

    await expect.poll(() => runningImage(name), { timeout: 30_000 }).toBe(before);
  });

  it('that somebody else updated meanwhile is left alone', async () => {
    const name = await service();
    const { run } = await prepare(scene, await wanted(name, '2'));
    const other = await prepare(scene, await wanted(name, '2', 900), { deployId: '01JDOTHER000' });
    await runHost(scene.engine, other.run);

    await expect(runHost(scene.engine, run)).rejects.toMatchObject({ name: 'PlanStale' });
  });
});
