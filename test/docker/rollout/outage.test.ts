import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { importBusybox } from '../../../playground/engine/images.ts';
import type { PrivateEngine } from '../../../playground/engine/private-engine.ts';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { Phase } from '../../../src/docker/rollout/types.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { startTestEngine } from '../../bed/engines.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from './scene.ts';
import { wire } from './wire.ts';

let engine: PrivateEngine;
let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  engine = await startTestEngine({ name: 'outage' });
  await importBusybox(engine.socketPath, 'busybox:1.0');
  scene = await openScene(engine.socketPath);
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
});
afterAll(async () => {
  await scene?.close();
  await engine?.stop();
});

async function serving() {
  const name = uniqueName('shop');
  const old = await scene.run(name, '1', { HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always' } } });
  return { name, old };
}

async function expectOneRunning(name: string): Promise<void> {
  const all = Object.entries(await scene.containers(name));
  expect(all.filter(([, state]) => state === 'running')).toEqual([[name, 'running']]);
  expect(all.filter(([at]) => at.endsWith('.candidate'))).toEqual([]);
  expect((await scene.inspect(name)).HostConfig['RestartPolicy']).toMatchObject({ Name: 'always' });
}

/** Ends the engine, and starts it again. Resolves when it is down, to a promise of its coming up. */
async function restartEngine(): Promise<{ readonly up: Promise<void> }> {
  const pid = Number(readFileSync(join(engine.dir, 'pid'), 'utf8'));
  process.kill(pid, 'SIGTERM');
  await expect.poll(() => existsSync(`/proc/${pid}/root`), { timeout: 30_000 }).toBe(false);
  return { up: engine.again() };
}

describeWithEngine('an engine that is restarted during a rollout', { timeout: 180_000 }, () => {
  it.each(['create', 'stop-old', 'rename-new', 'gate'] as const)(
    'in the phase %s: one version runs in the end',
    async (at) => {
      const { name, old } = await serving();
      let restart: Awaited<ReturnType<typeof restartEngine>> | undefined;
      const rollout = { ...QUICK, stableFor: 1500 };
      const { run } = await prepare(scene, await scene.wanted(name, '2', { rollout }), {
        patienceMs: 90_000,
        journal: async (phase: Phase) => {
          // It comes up again while the rollout is at work.
          if (phase === at) restart ??= await restartEngine();
        },
      });

      const verdict = await runHost(scene.engine, run);
      await restart?.up;

      expect(verdict.verdict).toMatch(/^(?:rolled_back|failed_kept_old)$/u);
      expect(verdict.blame).toMatch(/^(?:engine|crashed)$/u);
      await expect.poll(async () => (await scene.inspect(name)).State.Running, { timeout: 20_000 }).toBe(true);
      expect((await scene.inspect(name)).Id).toBe(old);
      await expectOneRunning(name);
    },
  );
});

const PHASES: readonly Phase[] = ['pull', 'create', 'stop-old', 'rename-old', 'rename-new', 'start', 'gate', 'promote'];

describeWithEngine('a connection that breaks', { timeout: 60_000 }, () => {
  it.each(PHASES)('in the phase %s and recovers: a clear verdict, and one version runs', async (at) => {
    const { name } = await serving();
    const line = await wire(engine.socketPath);
    const own = connectEngine({ kind: 'unix', socketPath: line.socketPath });
    onTestFinished(() => own.close());
    const { run } = await prepare(scene, await scene.wanted(name, '2'), {
      journal: async (phase) => {
        if (phase !== at) return;
        line.cut();
        void sleep(700).then(line.mend);
      },
    });

    const verdict = await runHost(own, run);

    const isOver = at === 'gate' || at === 'promote';
    expect(verdict.verdict).toMatch(isOver ? /^deployed$/u : /^(?:rolled_back|failed_kept_old)$/u);
    if (!isOver) expect(verdict.blame).toBe('engine');
    await expectOneRunning(name);
  });

  it('for good: the verdict asks for a person, with recovery steps', async () => {
    const { name, old } = await serving();
    const line = await wire(engine.socketPath);
    const own = connectEngine({ kind: 'unix', socketPath: line.socketPath });
    onTestFinished(() => own.close());
    const { run } = await prepare(scene, await scene.wanted(name, '2'), {
      patienceMs: 500,
      journal: async (phase) => {
        if (phase === 'rename-old') line.cut();
      },
    });

    const verdict = await runHost(own, run);

    expect(verdict).toMatchObject({
      verdict: 'needs_attention',
      phase: 'rename-old',
      blame: 'engine',
      runs: undefined,
      tryThis: expect.stringContaining(`docker start ${old.slice(0, 12)}`),
    });
  });
});
