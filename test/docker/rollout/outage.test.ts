import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { mustCall } from '../../../playground/engine/api.ts';
import { importBusybox } from '../../../playground/engine/images.ts';
import type { PrivateEngine } from '../../../playground/engine/private-engine.ts';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import { recoverHost } from '../../../src/docker/rollout/recover.ts';
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
  await scene.publish('bad', ['CMD ["sh","-c","exit 7"]']);
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

/** A runtime of the engine that fails as often as a file says, and else is the usual one. */
async function unreliableRuntime() {
  const runtime = join(engine.dir, 'unreliable');
  const left = `${runtime}.left`;
  const lines = [
    '#!/bin/sh',
    `left=$(cat ${left})`,
    `case " $* " in *" create "*) [ "$left" -gt 0 ] && { echo $((left - 1)) >${left}; exit 1; };; esac`,
    'exec runc "$@"',
  ];
  writeFileSync(left, '0');
  writeFileSync(runtime, lines.join('\n'), { mode: 0o755 });
  const config = join(engine.dir, 'daemon.json');
  const runtimes = { unreliable: { path: runtime } };
  writeFileSync(config, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), runtimes }));
  process.kill(Number(readFileSync(join(engine.dir, 'pid'), 'utf8')), 'SIGHUP');
  const known = () => mustCall(engine.socketPath, 'GET', '/info');
  await expect.poll(known, { timeout: 10_000 }).toContain('"unreliable"');
  return { fail: (times: number) => writeFileSync(left, `${times}`), left: () => Number(readFileSync(left, 'utf8')) };
}

describeWithEngine('an engine that cannot start the old version at first', { timeout: 60_000 }, () => {
  it('starts it when it can', async () => {
    const runtime = await unreliableRuntime();
    const name = uniqueName('shop');
    const old = await scene.run(name, '1', {
      HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always' }, Runtime: 'unreliable' },
    });
    const { run } = await prepare(scene, await scene.wanted(name, 'bad'), {
      journal: async (phase: Phase) => {
        if (phase === 'roll-back') runtime.fail(3);
      },
    });

    const verdict = await runHost(scene.engine, run);

    expect(runtime.left()).toBe(0);
    expect(verdict).toMatchObject({ verdict: 'rolled_back', blame: 'crashed', containerId: old });
    await expectOneRunning(name);
  });

  it('and one that never can: a person is asked, with the reason of the engine', async () => {
    const runtime = await unreliableRuntime();
    const name = uniqueName('shop');
    await scene.run(name, '1', {
      HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always' }, Runtime: 'unreliable' },
    });
    const { run } = await prepare(scene, await scene.wanted(name, 'bad'), {
      journal: async (phase: Phase) => {
        if (phase === 'roll-back') runtime.fail(1000);
      },
    });

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({ verdict: 'needs_attention', why: expect.stringMatching(/runtime create failed/u) });
    runtime.fail(0);
  });
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

  it('for good, before anything was changed: the old version is left as it is, by a later process too', async () => {
    const { name, old } = await serving();
    const line = await wire(engine.socketPath);
    const own = connectEngine({ kind: 'unix', socketPath: line.socketPath });
    onTestFinished(() => own.close());
    const phases: Phase[] = [];
    const { run } = await prepare(scene, await scene.wanted(name, '2'), {
      patienceMs: 500,
      journal: async (phase) => {
        phases.push(phase);
        line.cut();
      },
    });
    const untouched = {
      verdict: 'failed_kept_old',
      blame: 'engine',
      isUnseen: true,
      why: expect.stringContaining('Nothing changed.'),
      containerId: old,
    };

    expect(await runHost(own, run)).toMatchObject(untouched);
    expect(await recoverHost(own, run, ['pull'])).toMatchObject(untouched);
    expect(phases).toEqual(['pull']);
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
      isUnrestored: true,
      tryThis: expect.stringContaining(`docker start ${old.slice(0, 12)}`),
    });
    // A later process names the phase that this one had reached.
    const again = await recoverHost(own, run, ['pull', 'create', 'stop-old', 'rename-old']);
    expect(again).toMatchObject({
      verdict: 'needs_attention',
      phase: 'rename-old',
      why: expect.stringContaining('(phase rename-old)'),
    });
  });

  it('for good, during a first deploy: no old version is promised', async () => {
    const line = await wire(engine.socketPath);
    const own = connectEngine({ kind: 'unix', socketPath: line.socketPath });
    onTestFinished(() => own.close());
    const from = { kind: 'service', container: { name: uniqueName('shop'), networks: [{ name: 'none' }] } } as const;
    const { run } = await prepare(scene, await scene.wanted(from.container.name, '2', { from }), {
      patienceMs: 500,
      journal: async (phase) => {
        if (phase === 'start') line.cut();
      },
    });

    expect(await runHost(own, run)).toMatchObject({
      verdict: 'needs_attention',
      isUnrestored: true,
      why: expect.stringContaining('the new version is not removed yet'),
      tryThis: expect.stringContaining('Fairlead removes it as soon as web-1 responds'),
    });
  });

  it('for want of the address of the host: DNS is named, and not the engine', async () => {
    const { name } = await serving();
    const nameless = connectEngine({ kind: 'tcp', host: 'web-1.invalid', port: 2375, tls: undefined });
    onTestFinished(() => nameless.close());
    let isLost = false;
    const own = new Proxy(scene.engine, { get: (target, key) => Reflect.get(isLost ? nameless : target, key) });
    const { run } = await prepare(scene, await scene.wanted(name, '2'), {
      patienceMs: 500,
      journal: async (phase) => {
        if (phase === 'rename-old') isLost = true;
      },
    });

    const { why } = await runHost(own, run);

    expect(why).toMatch(
      /^The name of web-1 cannot be resolved \(phase rename-old\): getaddrinfo E[A-Z_]+ web-1\.invalid/u,
    );
    expect(why).toMatch(/The name of web-1 cannot be resolved, so the old version is not restored yet\.$/u);
  });
});
