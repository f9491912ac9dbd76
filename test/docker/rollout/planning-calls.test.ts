import { expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../../src/docker/client/engine.ts';
import { planHost, prepareHost } from '../../../src/docker/rollout/plan.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, SERVE } from './scene.ts';

/** An engine that counts its calls, by method. */
function counting(engine: Engine) {
  const calls = new Map<string, number>();
  let inspected: string[] = [];
  const counted = new Proxy(engine, {
    get(target, key) {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        calls.set(String(key), (calls.get(String(key)) ?? 0) + 1);
        if (key === 'inspectRaw') inspected.push(String(args[0]));
        return Reflect.apply(method, target, args) as unknown;
      };
    },
  });
  const take = () => {
    const found = Object.fromEntries(calls);
    calls.clear();
    return found;
  };
  const takeInspected = () => {
    const found = inspected;
    inspected = [];
    return found;
  };
  return { engine: counted, take, takeInspected };
}

async function shop() {
  const scene = await openScene();
  onTestFinished(() => scene.close());
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
  const name = uniqueName('shop');
  await scene.run(name, '1');
  const all = async () => (await scene.engine.listContainers({ all: true })).map(({ id }) => id);
  return { scene, name, all, ...counting(scene.engine) };
}

describeWithEngine('the calls that planning a host makes', { timeout: 60_000 }, () => {
  it('are one of each list, and an inspection of each container', async () => {
    const { scene, name, all, engine, take, takeInspected } = await shop();
    const wanted = await scene.wanted(name, '2');
    const before = await all();

    await planHost(engine, 'web-1', wanted);

    // Other tests make and remove containers meanwhile.
    const after = new Set(await all());
    const inspected = takeInspected();
    expect(inspected).toEqual(expect.arrayContaining(before.filter((id) => after.has(id))));
    expect(new Set(inspected).size).toBe(inspected.length);

    expect(take()).toEqual({
      version: 1,
      listContainers: 1,
      listNetworks: 1,
      listVolumes: 1,
      diskFree: 1,
      // Of the running image and of the next one.
      imageConfig: 2,
      inspectRaw: inspected.length,
    });
  });

  it('find the image that runs, whatever a list calls it', async () => {
    const { scene, name, engine } = await shop();
    const wanted = await scene.wanted(name, '2');
    for (const imageId of [`sha256:${'0'.repeat(64)}`, '', '../x']) {
      const listed = new Proxy(engine, {
        get: (target, key) =>
          key === 'listContainers'
            ? async (...args: Parameters<Engine['listContainers']>) =>
                (await target.listContainers(...args)).map((one) => ({ ...one, imageId }))
            : (Reflect.get(target, key) as unknown),
      });
      const found = await prepareHost(listed, 'web-1', wanted);
      const live = found.kind === 'container' ? found.survey.live : undefined;
      expect(live).toMatchObject({ image: { id: live?.raw.Image } });
    }
  });

  it('are not made again by a rollout that is given what was just found, and neighbours are inspected once', async () => {
    const { scene, name, all, engine, take, takeInspected } = await shop();
    const calls: Record<string, Record<string, number>> = {};
    const inspected: Record<string, readonly string[]> = {};
    const { run, plan } = await prepare(scene, await scene.wanted(name, '2'), {
      journal: async (phase) => {
        calls[phase] = take();
        inspected[phase] = takeInspected();
      },
    });
    const known = new Set(await all());
    const prepared = await prepareHost(engine, plan.host, run.wanted);
    take();
    takeInspected();
    expect(known.size).toBeGreaterThan(1);

    expect(await runHost(engine, run, prepared)).toMatchObject({ verdict: 'deployed' });

    expect(calls['pull']).toEqual({});
    expect(calls['stop-old']).toMatchObject({ createContainer: 1, listContainers: 2 });
    // The old container is found; its neighbours are known. Other test files may have created more meanwhile.
    expect(inspected['stop-old']?.filter((id) => known.has(id))).toEqual([plan.now?.containerId]);
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
