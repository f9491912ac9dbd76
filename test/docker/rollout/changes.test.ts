import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { mustCall } from '../../../playground/engine/api.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, type Scene, SERVE } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  if (inject('bed')) scene = await openScene();
});
afterAll(() => scene?.close());

describeWithEngine('a service of the config over a container created by hand', () => {
  it('lists every setting that would be lost, and none after the deploy', async () => {
    const name = uniqueName('shop');
    await scene.publish('1', [SERVE]);
    await scene.run(name, '1', {
      Tty: true,
      Domainname: 'example.org',
      HostConfig: {
        NetworkMode: 'none',
        CpuPeriod: 100_000,
        CpuQuota: 50_000,
        CpusetCpus: '0',
        CpuShares: 512,
        Memory: 64 * 1024 * 1024,
        MemoryReservation: 32 * 1024 * 1024,
        OomScoreAdj: 100,
        IpcMode: 'shareable',
        DnsSearch: ['example.org'],
        CgroupParent: '/fairlead-test',
        MaskedPaths: [],
      },
    });
    const container = { name, networks: [{ name: 'none' }] };
    const wanted = await scene.wanted(name, '1', { from: { kind: 'service', container } });

    const plan = await planHost(scene.engine, 'web-1', wanted);

    expect(plan.unchanged).toBe(false);
    expect(
      plan.changes.map(({ setting, from, to, secret }) => `${setting}: ${from} -> ${to}${secret ? ' *' : ''}`),
    ).toEqual([
      'memory: 64 MiB -> not set',
      'memory reserved: 32 MiB -> not set',
      'Domainname: example.org -> not set',
      'Tty: yes -> not set',
      'CgroupParent: /fairlead-test -> not set',
      'CpuPeriod: 100000 -> not set',
      'CpuQuota: 50000 -> not set',
      'CpuShares: 512 -> not set',
      'CpusetCpus: 0 -> not set',
      'DnsSearch: example.org -> not set',
      'IpcMode: shareable -> not set',
      'MaskedPaths: none -> not set',
      'OomScoreAdj: 100 -> not set',
    ]);

    const { run } = await prepare(scene, wanted);
    expect(await runHost(scene.engine, run)).toMatchObject({ verdict: 'deployed' });
    expect(await planHost(scene.engine, 'web-1', wanted)).toMatchObject({ unchanged: true, changes: [] });
  });

  it('does not count defaults of the engine as settings', async () => {
    const name = uniqueName('shop');
    const container = { name, privileged: true, memory: 64 * 1024 * 1024 };
    const wanted = await scene.wanted(name, '1', { from: { kind: 'service', container } });
    const { repository, digest } = wanted.image;
    await mustCall(scene.socket, 'POST', `/containers/create?name=${name}`, {
      Image: `${repository}@${digest}`,
      HostConfig: { Privileged: true, Memory: container.memory },
    });

    expect((await planHost(scene.engine, 'web-1', wanted)).changes).toEqual([]);
  });

  it.each(['none', 'host'])('says once that it leaves the network %s', async (mode) => {
    const name = uniqueName('shop');
    await scene.publish('1', [SERVE]);
    await scene.run(name, '1', { HostConfig: { NetworkMode: mode } });
    const wanted = await scene.wanted(name, '1', { from: { kind: 'service', container: { name } } });

    const { changes } = await planHost(scene.engine, 'web-1', wanted);

    expect(changes).toEqual([{ setting: 'networks', from: mode, to: 'default', secret: false }]);
  });
});
