import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { mustCall } from '../../../playground/engine/api.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, type Scene, SERVE } from './scene.ts';

const CACHE = `/${uniqueName('cache')}`;

let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  await scene.publish('1', [SERVE]);
  await scene.publish('2', [SERVE, `VOLUME ${CACHE}`]);
});
afterAll(() => scene?.close());

/** A device of the host under a name that can go. */
function device(): { readonly path: string } & Disposable {
  const folder = mkdtempSync('/tmp/fairlead-device-');
  const path = join(folder, 'tty');
  symlinkSync('/dev/null', path);
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

const withDevice = (path: string) => ({
  HostConfig: {
    NetworkMode: 'bridge',
    Devices: [{ PathOnHost: path, PathInContainer: '/dev/tty9', CgroupPermissions: 'rwm' }],
    PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
    RestartPolicy: { Name: 'always' },
    Init: true,
  },
  ExposedPorts: { '80/tcp': {} },
});

/** Containers that got a volume of the new image. */
async function mountedIn(since: number): Promise<string[]> {
  const query = new URLSearchParams({
    since: `${Math.floor(since / 1000)}`,
    until: `${Math.ceil(Date.now() / 1000)}`,
    filters: JSON.stringify({ type: ['volume'], event: ['mount'] }),
  });
  const events = (await mustCall(scene.socket, 'GET', `/events?${query}`)).trim().split('\n');
  return events
    .map((line) => JSON.parse(line) as { Actor: { Attributes: { container: string; destination: string } } })
    .filter(({ Actor }) => Actor.Attributes.destination === CACHE)
    .map(({ Actor }) => Actor.Attributes.container);
}

describeWithEngine('a part of the host that a container has', { timeout: 60_000 }, () => {
  it('and that is gone meanwhile refuses a deploy before the old version is stopped', async () => {
    const name = uniqueName('shop');
    using tty = device();
    await scene.run(name, '1', withDevice(tty.path));
    const before = await scene.inspect(name);
    rmSync(tty.path);
    const { run, phases } = await prepare(scene, await scene.wanted(name, '2'));

    const verdict = await runHost(scene.engine, run);

    expect(verdict).toMatchObject({ verdict: 'failed_kept_old', why: expect.stringContaining(tty.path) });
    expect(phases).not.toContain('stop-old');
    expect((await scene.inspect(name)).State).toEqual(before.State);
    expect(await scene.containers(name)).toEqual({ [name]: 'running' });
  });

  it('is in the new version when it is there, and nothing else is left of the check', async () => {
    const name = uniqueName('shop');
    using tty = device();
    await scene.run(name, '1', withDevice(tty.path));
    const since = Date.now();
    const { run } = await prepare(scene, await scene.wanted(name, '2'));

    expect(await runHost(scene.engine, run)).toMatchObject({ verdict: 'deployed' });

    const { Id, HostConfig, Config } = await scene.inspect(name);
    expect(HostConfig).toMatchObject({ Devices: [{ PathOnHost: tty.path }], Init: true });
    expect(Config['Entrypoint'] ?? null).toBeNull();
    expect(Object.keys(await scene.containers(name))).toHaveLength(2);
    expect(await mountedIn(since)).toEqual([Id]);
  });
});
