import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { type Neighbourhood, openNeighbourhood } from './neighbourhood.ts';
import { prepare } from './scene.ts';

let town: Neighbourhood;
beforeAll(async () => {
  if (inject('bed')) town = await openNeighbourhood();
});
afterAll(() => town?.close());

const BRIDGE = { NetworkMode: 'bridge' };
const linked = (...Links: string[]) => ({ ...BRIDGE, Links });

describeWithEngine('containers linked on the default bridge', { timeout: 60_000 }, () => {
  it.each(['running', 'created', 'exited'] as const)(
    'prevent a deploy of the container they are linked to: %s',
    async (state) => {
      const db = await town.run(BRIDGE);
      const web = await town.run(linked(`${db.name}:database`), state);

      expect((await town.plan(db.name)).conflicts).toEqual([expect.stringContaining(web.name)]);

      await town.remove(web.name);
      expect((await town.plan(db.name)).conflicts).toEqual([]);
    },
  );

  it('are deployed with their links, which engines return in any order', async () => {
    const dbs = [await town.run(BRIDGE), await town.run(BRIDGE), await town.run(BRIDGE)];
    const web = await town.run(linked(...dbs.map(({ name }, index) => `${name}:db${index}`)));
    const plans = await Promise.all(Array.from({ length: 8 }, () => town.plan(web.name)));
    expect(new Set(plans.map(({ now, next }) => `${now?.configHash} ${next.bodyHash}`)).size).toBe(1);
    const { run } = await prepare(town.scene, await town.wanted(web.name, '2'));

    expect(await runHost(town.engine, run)).toMatchObject({ verdict: 'deployed' });

    await town.post(`${web.name}/restart?t=5`);
    const links = (await town.inspect(web.name)).HostConfig['Links'] as string[];
    expect(links.toSorted()).toEqual(dbs.map(({ name }, index) => `/${name}:/${web.name}/db${index}`).toSorted());
  });

  it.each(['stop', 'remove'] as const)('are not deployed while the other container is missing: %s', async (what) => {
    const db = await town.run(BRIDGE);
    const web = await town.run(linked(`${db.name}:database`));
    await town[what](db.name);

    expect((await town.plan(web.name)).conflicts).toEqual([expect.stringContaining(db.name)]);
  });

  it('are linked to the container that has the name now, once they are stopped', async () => {
    const db = await town.run(BRIDGE);
    const web = await town.run(linked(`${db.name}:database`));
    await town.remove(db.name);
    await town.run(BRIDGE, 'running', db.name);
    expect((await town.plan(web.name)).conflicts).toEqual([expect.stringContaining(`docker stop ${web.name}`)]);
    await town.stop(web.name);

    const { run, plan } = await prepare(town.scene, await town.wanted(web.name, '2'));
    expect(plan.conflicts).toEqual([]);
    expect(await runHost(town.engine, run)).toMatchObject({ verdict: 'deployed' });

    await town.post(`${web.name}/restart?t=5`);
  });

  it('find the new version by name on a user-defined network', async () => {
    const db = await town.lender(uniqueName('db'));
    const web = uniqueName('web');
    await town.scene.run(web, '1', {
      HostConfig: { NetworkMode: town.network },
      NetworkingConfig: { EndpointsConfig: { [town.network]: { Links: [`${db.name}:database`] } } },
    });
    const { run, plan } = await prepare(town.scene, await town.wanted(db.name, '2'));
    expect(plan).toMatchObject({ conflicts: [], strategy: 'start-first' });

    expect(await runHost(town.engine, run)).toMatchObject({ verdict: 'deployed' });

    await town.post(`${web}/restart?t=5`);
  });
});
