import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { mustCall } from '../../../playground/engine/api.ts';
import { importBusybox } from '../../../playground/engine/images.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { bed, describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { type Podman, startPodman } from '../../bed/podman.ts';
import { openDesk, resultOf } from '../../handlers/desk.ts';
import { openScene, prepare, type Scene, SERVE } from './scene.ts';

let podman: Podman;
let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  podman = await startPodman(bed().registry.host);
  await importBusybox(podman.socketPath, 'busybox:1.0');
  scene = await openScene(podman.socketPath);
  await scene.publish('1', [SERVE]);
  await scene.publish('2', [SERVE]);
});
afterAll(async () => {
  await scene?.close();
  await podman?.stop();
});

const ALWAYS = { RestartPolicy: { Name: 'always' } };

describeWithEngine('Podman', { timeout: 120_000 }, () => {
  it('is read: containers, images, logs, prune previews, version', async () => {
    const { host, username, password } = bed().registry;
    const commands = ['ps', 'images', 'logs', 'pull', 'prune'];
    await using it = await openDesk({ pod: podman.socketPath }, commands, {
      registries: { [host]: { username, password } },
    });
    const name = uniqueName('shop');
    await scene.run(name, '1');

    const { hosts } = resultOf<{ hosts: unknown[] }>(await it.say('dock hosts'));
    expect(hosts).toMatchObject([{ version: { engine: 'Podman', podman: true } }]);
    const lines = ['ps -a', 'images', `logs ${name}`, `pull ${scene.repository}:1`];
    const prunes = ['containers', 'images', 'volumes', 'networks', 'cache'].map((what) => `prune ${what}`);
    for (const line of [...lines, ...prunes]) {
      const { failures } = resultOf<{ failures?: unknown[] }>(await it.say(line));
      expect(failures ?? [], line).toEqual([]);
    }
  });

  it('takes a stop-first deploy', async () => {
    const name = uniqueName('shop');
    const old = await scene.run(name, '1', {
      HostConfig: { ...ALWAYS, NetworkMode: 'bridge', PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1' }] } },
      ExposedPorts: { '80/tcp': {} },
      Env: ['A=1'],
    });
    const before = await scene.inspect(name);
    const { run, plan } = await prepare(scene, await scene.wanted(name, '2'));

    const verdict = await runHost(scene.engine, run);

    expect(plan).toMatchObject({ strategy: 'stop-first', changes: [], conflicts: [] });
    expect(verdict).toMatchObject({ verdict: 'deployed' });
    const now = await scene.inspect(name);
    expect(now.Config['Labels']).toMatchObject({ 'fairlead.prev': old, salt: '2' });
    expect(now.HostConfig['RestartPolicy']).toMatchObject({ Name: 'always' });
    expect(now.HostConfig['PortBindings']).toEqual(before.HostConfig['PortBindings']);
    expect(Object.keys(now.NetworkSettings.Networks)).toEqual(Object.keys(before.NetworkSettings.Networks));
    // Not the old container's name for itself.
    expect(now.Config['Env']).toEqual(expect.arrayContaining(['A=1', `HOSTNAME=${now.Id.slice(0, 12)}`]));
    expect(await scene.containers(name)).toEqual({ [name]: 'running', [`${name}.prev-${run.deployId}`]: 'exited' });
  });

  it('takes a start-first deploy', async () => {
    const name = uniqueName('front');
    const network = uniqueName('net');
    await mustCall(podman.socketPath, 'POST', '/networks/create', { Name: network });
    onTestFinished(async () => void (await mustCall(podman.socketPath, 'DELETE', `/networks/${network}?force=true`)));
    await scene.run(name, '1', {
      HostConfig: { ...ALWAYS, NetworkMode: network },
      NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ['front'] } } },
    });
    const { run, plan } = await prepare(scene, await scene.wanted(name, '2'));

    const verdict = await runHost(scene.engine, run);

    expect(plan).toMatchObject({ strategy: 'start-first', changes: [], conflicts: [] });
    expect(verdict, JSON.stringify(verdict)).toMatchObject({ verdict: 'deployed' });
    const running = Object.entries(await scene.containers(name)).filter(([, state]) => state === 'running');
    expect(running).toHaveLength(1);
    const now = await scene.inspect(running[0]?.[0] as string);
    expect(now.NetworkSettings.Networks[network]?.Aliases).toContain('front');
    expect(now.Config['Labels']).toMatchObject({ salt: '2' });
  });

  it('rolls back a version that exits', async () => {
    await scene.publish('bad', ['CMD ["sh","-c","exit 3"]']);
    const name = uniqueName('shop');
    await scene.run(name, '1', { HostConfig: { ...ALWAYS, NetworkMode: 'none' } });
    const { run } = await prepare(scene, await scene.wanted(name, 'bad'));

    expect(await runHost(scene.engine, run)).toMatchObject({ verdict: 'rolled_back' });

    const now = await scene.inspect(name);
    expect(now.State.Running).toBe(true);
    expect(now.Config['Labels']).toMatchObject({ salt: '1' });
  });
});
