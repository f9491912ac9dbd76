import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { PlanStale } from '../../../src/docker/rollout/errors.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { type Neighbourhood, openNeighbourhood } from './neighbourhood.ts';
import { prepare, QUICK } from './scene.ts';

let town: Neighbourhood;
beforeAll(async () => {
  if (inject('bed')) town = await openNeighbourhood();
});
afterAll(() => town?.close());

const NAMESPACES = ['NetworkMode', 'PidMode', 'IpcMode'] as const;
const join = (key: string, name: string) => ({ [key]: `container:${name}` });

describeWithEngine('a deploy of a container whose namespaces others share', { timeout: 60_000 }, () => {
  it.each(
    NAMESPACES.flatMap((key) =>
      (['running', 'created', 'exited', 'paused'] as const).map((state) => [key, state] as const),
    ),
  )('is refused: %s, %s', async (key, state) => {
    const lender = await town.lender();
    const borrower = await town.run(join(key, lender.name), state);

    const plan = await town.plan(lender.name);

    expect(plan.conflicts).toEqual([expect.stringContaining(borrower.name)]);
    // A deploy that changes nothing is not refused, neighbours or not.
    const same = await town.plan(lender.name, '1');
    expect(same).toMatchObject({ unchanged: true, conflicts: [] });
    await town.remove(borrower.name);
    expect((await town.plan(lender.name)).conflicts).toEqual([]);
  });

  it('names each dependent container, also indirect ones', async () => {
    const lender = await town.lender();
    const first = await town.run(join('NetworkMode', lender.name));
    const second = await town.run({ ...join('PidMode', lender.name), ...join('IpcMode', lender.name) }, 'created');
    const third = await town.run(join('NetworkMode', first.name), 'exited');
    const fourth = await town.run(join('PidMode', third.name), 'created');

    const { conflicts } = await town.plan(lender.name);

    const found = [first, second, third, fourth].map(({ name }) => conflicts.filter((at) => at.startsWith(`${name} `)));
    expect(found.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
    expect(conflicts).toHaveLength(4);
    expect((await town.plan(third.name)).conflicts).toContainEqual(expect.stringContaining(fourth.name));
  });

  it('is refused when a container joined since the approval, before anything is touched', async () => {
    const lender = await town.lender();
    const { run } = await prepare(town.scene, await town.wanted(lender.name, '2'));
    const borrower = await town.run(join('NetworkMode', lender.name));

    await expect(runHost(town.engine, run)).rejects.toThrow(PlanStale);

    expect(await town.containers(lender.name)).toEqual({ [lender.name]: 'running' });
    expect(await town.interfaces(borrower.name)).toEqual(await town.interfaces(lender.name));
  });

  it('does not affect containers that only use its volumes, unless these change', async () => {
    const name = uniqueName('data');
    await town.run({ Mounts: [{ Type: 'volume', Target: '/data' }] }, 'running', name);
    const backup = await town.run({ VolumesFrom: [name] });

    expect(await town.plan(name)).toMatchObject({
      conflicts: [],
      warnings: expect.not.arrayContaining([expect.stringContaining(backup.name)]),
    });
    const other = await town.plan(name, '2', { overrides: { volumes: [`${name}-new:/data`] } });
    expect(other.warnings).toContainEqual(expect.stringContaining(backup.name));
  });
});

describeWithEngine('a deploy of a container that shares another’s namespaces', { timeout: 60_000 }, () => {
  it.each(NAMESPACES.flatMap((key) => (['stop', 'remove'] as const).map((what) => [key, what] as const)))(
    'is refused while the other container is missing: %s, %s',
    async (key, what) => {
      const lender = await town.lender();
      const borrower = await town.run(join(key, lender.name));
      const { run, plan } = await prepare(town.scene, await town.wanted(borrower.name, '2'));
      expect(plan.conflicts).toEqual([]);
      await town[what](lender.name);
      const { State } = await town.inspect(borrower.name);

      await expect(runHost(town.engine, run)).rejects.toThrow(PlanStale);
      const { conflicts } = await town.plan(borrower.name);

      // A process of another's process namespace ends with it.
      expect(await town.containers(borrower.name)).toEqual({ [borrower.name]: State.Status });
      expect((await town.inspect(borrower.name)).State.StartedAt).toBe(State.StartedAt);
      const name = what === 'stop' ? lender.name : lender.id.slice(0, 12);
      expect(conflicts).toEqual([expect.stringContaining(name)]);
    },
  );

  it.each(NAMESPACES)('joins the same container again: %s', async (key) => {
    const lender = await town.lender();
    const borrower = await town.run(join(key, lender.name));
    const { run } = await prepare(town.scene, await town.wanted(borrower.name, '2'));

    expect(await runHost(town.engine, run)).toMatchObject({ verdict: 'deployed' });

    expect((await town.inspect(borrower.name)).HostConfig[key]).toBe(`container:${lender.id}`);
    if (key === 'NetworkMode') expect(await town.interfaces(borrower.name)).toEqual(await town.interfaces(lender.name));
  });

  it.each(['stop-first', 'start-first'] as const)(
    'joins the next version of the other container, once it is stopped: %s',
    async (way) => {
      const lender = await town.lender();
      const rollout = { ...QUICK, strategy: way };
      const deployed = await prepare(town.scene, await town.wanted(lender.name, '2', { rollout }));
      const { containerId } = await runHost(town.engine, deployed.run);
      // As an earlier Fairlead left it.
      const borrower = await town.run(join('NetworkMode', `${lender.name}.prev-${deployed.run.deployId}`), 'created');
      await town.post(`${lender.id}/start`);
      await town.post(`${borrower.name}/start`);
      await town.stop(lender.id);
      expect((await town.plan(borrower.name)).conflicts).toEqual([
        expect.stringContaining(`docker stop ${borrower.name}`),
      ]);
      await town.stop(borrower.name);

      const { run, plan } = await prepare(town.scene, await town.wanted(borrower.name, '2'));
      expect(plan.conflicts).toEqual([]);
      expect(await runHost(town.engine, run)).toMatchObject({ verdict: 'deployed' });

      expect((await town.inspect(borrower.name)).HostConfig['NetworkMode']).toBe(`container:${containerId}`);
    },
  );

  it('keeps the volumes of a stopped container', async () => {
    const name = uniqueName('data');
    await town.run({ Mounts: [{ Type: 'volume', Target: '/data' }] }, 'exited', name);
    const borrower = await town.run({ VolumesFrom: [name] });
    const before = await town.inspect(borrower.name);
    const { run } = await prepare(town.scene, await town.wanted(borrower.name, '2'));

    expect(await runHost(town.engine, run)).toMatchObject({ verdict: 'deployed' });

    const after = await town.inspect(borrower.name);
    expect(after.Mounts.map(({ Name, Destination }) => [Name, Destination])).toEqual(
      before.Mounts.map(({ Name, Destination }) => [Name, Destination]),
    );
    expect(after.HostConfig['VolumesFrom']).toEqual([name]);
    // Nothing is mounted for its own sake that is the other's.
    expect(after.HostConfig['Mounts'] ?? []).toEqual([]);
  });
});
