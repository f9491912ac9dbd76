import { expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../../src/docker/client/engine.ts';
import { planHost, prepareHost } from '../../../src/docker/rollout/plan.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, SERVE } from './scene.ts';

/** An engine that counts its calls, by method. */
function counting(engine: Engine) {
  const calls = new Map<string, number>();
  const counted = new Proxy(engine, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        calls.set(String(key), (calls.get(String(key)) ?? 0) + 1);
        return Reflect.apply(method, target, args) as unknown;
      };
    },
  });
  const take = () => {
    const found = Object.fromEntries(calls);
    calls.clear();
    return found;
  };
  return { engine: counted, take };
}

async function shop() {
  const scene = await openScene();
  onTestFinished(() => scene.close());
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
  const name = uniqueName('shop');
  await scene.run(name, '1');
  const neighbours = async () => (await scene.engine.listContainers({ all: true })).length - 1;
  return { scene, name, neighbours, ...counting(scene.engine) };
}

describeWithEngine('the calls that planning a host makes', { timeout: 60_000 }, () => {
  it('are one of each list, and an inspection of each container', async () => {
    const { scene, name, neighbours, engine, take } = await shop();
    const wanted = await scene.wanted(name, '2');
    const others = await neighbours();

    await planHost(engine, 'web-1', wanted);

    expect(take()).toEqual({
      version: 1,
      listContainers: 1,
      listNetworks: 1,
      listVolumes: 1,
      diskFree: 1,
      // Of the running image and of the next one.
      imageConfig: 2,
      inspectRaw: 1 + others,
    });
  });

  it('are not made again by a rollout that is given what was just found, and neighbours are inspected once', async () => {
    const { scene, name, neighbours, engine, take } = await shop();
    const calls: Record<string, Record<string, number>> = {};
    const { run, plan } = await prepare(scene, await scene.wanted(name, '2'), {
      journal: async (phase) => {
        calls[phase] = take();
      },
    });
    const prepared = await prepareHost(engine, plan.host, run.wanted);
    take();
    expect(await neighbours()).toBeGreaterThan(0);

    expect(await runHost(engine, run, prepared)).toMatchObject({ verdict: 'deployed' });

    expect(calls['pull']).toEqual({});
    // The old container is found, and of its neighbours only the container that was just created is new.
    expect(calls['stop-old']).toEqual({ createContainer: 1, listContainers: 2, inspectRaw: 2 });
  });

  it('are made by a rollout that is given nothing, and what was found may be stale', async () => {
    const { scene, name, engine, take } = await shop();
    const { run, plan } = await prepare(scene, await scene.wanted(name, '2'));
    const prepared = await prepareHost(scene.engine, plan.host, run.wanted);
    const changed = { ...prepared, plan: { ...prepared.plan, conflicts: ['Port 80/tcp is taken by other.'] } };

    await expect(runHost(engine, run, changed)).rejects.toMatchObject({
      name: 'PlanStale',
      reasons: [{ kind: 'conflict' }],
    });
    expect(take()).toEqual({});

    expect(await runHost(engine, run)).toMatchObject({ verdict: 'deployed' });
    expect(take()).toMatchObject({ version: 1, listNetworks: 1 });
  });
});
