import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it, onTestFinished, vi } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { connectEngine } from '../../../src/docker/client/connect.ts';
import type { Engine } from '../../../src/docker/client/engine.ts';
import { EngineError } from '../../../src/docker/client/engine-error.ts';
import { JournalUnavailable } from '../../../src/docker/rollout/errors.ts';
import { recoverHost } from '../../../src/docker/rollout/recover.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import type { Phase } from '../../../src/docker/rollout/types.ts';
import { UserError } from '../../../src/domain/errors.ts';
import { ulid } from '../../../src/domain/ulid.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from './scene.ts';
import { wire } from './wire.ts';

/** Answers that never come, and journals that cannot be written: what was asked for may have been done all the same. */

let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  await scene.publish('1', [SERVE]);
  await scene.publish('slow', [SERVE.replace("'exit 0'", "'sleep 2; exit 0'")]);
  await scene.publish('2', [SERVE]);
  await scene.publish('starts-for-ever', [SERVE, 'HEALTHCHECK --interval=200ms --start-period=60s CMD false']);
});
afterAll(() => scene?.close());

async function serving(tag = '1') {
  const name = uniqueName('shop');
  const old = await scene.run(name, tag, { HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always' } } });
  return { name, old, before: (await scene.inspect(name)).State.StartedAt };
}

/** The old version has its name, its policy and its process, and there is nothing else that runs or waits. */
async function expectOld(name: string, old: string): Promise<void> {
  const policy = { RestartPolicy: { Name: 'always' } };
  expect(await scene.inspect(name)).toMatchObject({ Id: old, State: { Running: true }, HostConfig: policy });
  const all = Object.entries(await scene.containers(name)).filter(([, state]) => state !== 'exited');
  expect(all).toEqual([[name, 'running']]);
}

/** An engine of which some calls do something else. */
function altered(calls: Partial<Engine>): Engine {
  return new Proxy(scene.engine, {
    get: (target, key) => Reflect.get(Object.hasOwn(calls, key) ? calls : target, key),
  });
}

describeWithEngine('the stop of the old version', { timeout: 60_000 }, () => {
  it('is waited for when its answer was lost', async () => {
    const { name, old, before } = await serving('slow');
    const line = await wire(scene.socket);
    const engine = connectEngine({ kind: 'unix', socketPath: line.socketPath });
    onTestFinished(() => engine.close());
    const { run } = await prepare(scene, await scene.wanted(name, '2'), {
      journal: async (phase) => {
        if (phase !== 'stop-old') return;
        setTimeout(line.cut, 500);
        setTimeout(line.mend, 800);
      },
    });

    const verdict = await runHost(engine, run);

    expect(verdict).toMatchObject({ verdict: 'rolled_back', phase: 'stop-old', containerId: old });
    await expectOld(name, old);
    expect((await scene.inspect(name)).State.StartedAt).not.toBe(before);
  });

  it('is waited for after a second crash, during the rollback', async () => {
    const { name, old, before } = await serving('slow');
    const { run } = await prepare(scene, await scene.wanted(name, '2'));
    // As the first process did, before it was killed.
    await scene.engine.updateRestartPolicy(old, { name: 'no', maximumRetryCount: 0 });
    const stopped = mustCall(scene.socket, 'POST', `/containers/${old}/stop`);

    const verdict = await recoverHost(scene.engine, run, ['pull', 'create', 'stop-old', 'roll-back']);

    await stopped;
    expect(verdict).toMatchObject({ containerId: old });
    await expectOld(name, old);
    expect((await scene.inspect(name)).State.StartedAt).not.toBe(before);
  });
});

describeWithEngine('a stop that did not happen', { timeout: 60_000 }, () => {
  it.each([
    ['refused by the engine', new EngineError('refused', 'tried to kill container, no exit event', 500)],
    ['that reached nobody', new EngineError('unreachable', 'refused', undefined, { cause: { code: 'ECONNREFUSED' } })],
  ])('%s leaves the old version unchanged, with its restart policy', async (_, error) => {
    const { name, old, before } = await serving();
    let isFirst = true;
    const engine = altered({
      async stopContainer(...args) {
        if (!isFirst) return scene.engine.stopContainer(...args);
        isFirst = false;
        throw error;
      },
    });
    const { run } = await prepare(scene, await scene.wanted(name, '2'));

    expect(await runHost(engine, run)).toMatchObject({ verdict: 'failed_kept_old', phase: 'stop-old' });
    await expectOld(name, old);
    expect((await scene.inspect(name)).State.StartedAt).toBe(before);
  });
});

it.skipIf(!inject('bed'))('the patience for an unavailable engine starts over once it answered', async () => {
  const { name, old } = await serving();
  let phase: Phase = 'pull';
  let failures = 1;
  const engine = altered({
    async listContainers(...args) {
      if ((phase !== 'create' && phase !== 'roll-back') || failures === 0) return scene.engine.listContainers(...args);
      failures -= 1;
      throw new EngineError('unreachable', 'connect ECONNREFUSED');
    },
  });
  const rollout = { ...QUICK, healthyWithin: 1500 };
  const { run } = await prepare(scene, await scene.wanted(name, 'starts-for-ever', { rollout }), {
    patienceMs: 500,
    journal: async (next) => {
      phase = next;
      if (next === 'roll-back') failures = 1;
    },
  });

  expect(await runHost(engine, run)).toMatchObject({ verdict: 'rolled_back', phase: 'gate' });
  expect(failures).toBe(0);
  await expectOld(name, old);
});

describeWithEngine('a journal that cannot be written', { timeout: 60_000 }, () => {
  it.each(['create', 'rename-old', 'start', 'promote'] as const)(
    'from the phase %s on: nothing new begins, and changes are undone',
    async (from) => {
      const { name, old } = await serving();
      let isFull = false;
      const { run } = await prepare(scene, await scene.wanted(name, '2'), {
        journal: async (phase) => {
          isFull ||= phase === from;
          if (isFull) throw new JournalUnavailable('database or disk is full');
        },
      });

      const verdict = await runHost(scene.engine, run);

      expect(verdict).toMatchObject({ phase: from, containerId: old, blame: 'fairlead' });
      expect(verdict.why).toContain('database or disk is full');
      await expectOld(name, old);
    },
  );
});

it.skipIf(!inject('bed'))(
  'a process that ends during a rollback leaves no verdict, and the next one finishes it',
  async () => {
    const { name, old } = await serving();
    const phases: Phase[] = [];
    const engine = altered({
      async stopContainer(...args) {
        if (phases.includes('roll-back')) throw new UserError('stopped', 'Fairlead is shutting down.');
        return scene.engine.stopContainer(...args);
      },
    });
    const rollout = { ...QUICK, healthyWithin: 500 };
    const { run } = await prepare(scene, await scene.wanted(name, 'starts-for-ever', { rollout }), {
      journal: async (phase) => {
        phases.push(phase);
      },
    });

    await expect(runHost(engine, run)).rejects.toThrow('Fairlead is shutting down.');
    expect(await recoverHost(scene.engine, run, phases)).toMatchObject({ verdict: 'rolled_back', containerId: old });
    await expectOld(name, old);
  },
);

describeWithEngine('a container that is created after its answer was lost', { timeout: 60_000 }, () => {
  it('is removed again', async () => {
    const { name, old } = await serving();
    const { run } = await prepare(scene, await scene.wanted(name, '2'));
    const late: Promise<unknown>[] = [];
    const engine = altered({
      async createContainer(...args) {
        late.push(sleep(1500).then(() => scene.engine.createContainer(...args)));
        throw new EngineError('timeout', 'No answer in time.');
      },
    });

    const verdict = await runHost(engine, run);

    await Promise.all(late);
    expect(verdict).toMatchObject({ verdict: 'failed_kept_old', phase: 'create' });
    expect(await scene.containers(name)).toEqual({ [name]: 'running' });
    await expectOld(name, old);
  });

  it('does not block a rollout once it is old', async () => {
    const { name } = await serving();
    const Labels = { 'fairlead.deploy': ulid(Date.now()), 'fairlead.target': name };
    const path = `/containers/create?name=${name}.candidate`;
    await mustCall(scene.socket, 'POST', path, { Image: 'busybox:1.0', Cmd: ['true'], Labels });
    onTestFinished(async () => {
      await callEngine(scene.socket, 'DELETE', `/containers/${name}.candidate?force=true`);
    });
    expect((await prepare(scene, await scene.wanted(name, '2'))).plan.conflicts).toMatchObject([/another rollout/u]);

    const later = Date.now() + 31 * 60_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    onTestFinished(() => void vi.restoreAllMocks());
    // What somebody makes of an image that a rollout made has the same labels.
    const own = `${name}.debug`;
    await mustCall(scene.socket, 'POST', `/containers/create?name=${own}`, {
      Image: 'busybox:1.0',
      Cmd: ['true'],
      Labels,
    });
    const { run, plan } = await prepare(scene, await scene.wanted(name, '2'));

    expect(plan.conflicts).toEqual([]);
    expect(await runHost(scene.engine, run)).toMatchObject({ verdict: 'deployed' });
    expect(await scene.containers(name)).toMatchObject({ [own]: 'created' });
    await callEngine(scene.socket, 'DELETE', `/containers/${own}`);
  });
});

it.skipIf(!inject('bed'))('containers that people named alike are not touched', async () => {
  const { name } = await serving();
  const own = [`${name}.failed-by-hand`, `${name}.prev-zz1`, `${name}.prev-zz2`];
  for (const at of own)
    await mustCall(scene.socket, 'POST', `/containers/create?name=${at}`, { Image: 'busybox:1.0', Cmd: ['true'] });
  onTestFinished(async () => {
    for (const at of own) await callEngine(scene.socket, 'DELETE', `/containers/${at}`);
  });
  const { run } = await prepare(scene, await scene.wanted(name, '2', { rollout: { ...QUICK, keep: 1 } }));

  expect(await runHost(scene.engine, run)).toMatchObject({ verdict: 'deployed' });

  expect(Object.keys(await scene.containers(name)).toSorted()).toEqual(
    [name, `${name}.prev-${run.deployId}`, ...own].toSorted(),
  );
});
