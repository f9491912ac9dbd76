import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, type Scene, SERVE } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  for (const tag of ['1', '2']) await scene.publish(tag, [SERVE]);
});
afterAll(() => scene?.close());

type Published = Readonly<Record<string, readonly { HostIp: string; HostPort: string }[]>>;

/** Where no test of this file asks twice. */
let next = 23_100 + (process.pid % 50) * 100;
function ports(count = 1): number {
  next += count;
  return next - count;
}

const at = (HostIp: string, HostPort: number | string, inside = '80/tcp'): Published => ({
  [inside]: [{ HostIp, HostPort: `${HostPort}` }],
});

async function run(PortBindings: Published, more: object = {}): Promise<string> {
  const name = uniqueName('shop');
  onTestFinished(async () => {
    for (const one of Object.keys(await scene.containers(name)))
      await callEngine(scene.socket, 'DELETE', `/containers/${one}?force=true`);
  });
  const HostConfig = { NetworkMode: 'bridge', PortBindings, ...more };
  const ExposedPorts = Object.fromEntries(Object.keys(PortBindings).map((port) => [port, {}]));
  await scene.run(name, '1', { HostConfig, ExposedPorts });
  return name;
}

/** The plan for a container that is stopped, and whether it starts, or what the engine says instead. */
async function judged(PortBindings: Published): Promise<{ conflicts: readonly string[]; starts: true | string }> {
  const name = uniqueName('late');
  onTestFinished(async () => {
    await callEngine(scene.socket, 'DELETE', `/containers/${name}?force=true`);
  });
  const body = {
    Image: `${scene.repository}:1`,
    HostConfig: { NetworkMode: 'bridge', PortBindings },
    ExposedPorts: Object.fromEntries(Object.keys(PortBindings).map((port) => [port, {}])),
  };
  await mustCall(scene.socket, 'POST', `/containers/create?name=${name}`, body);
  const { conflicts } = await planHost(scene.engine, 'web-1', await scene.wanted(name, '2'));
  const { status, text } = await callEngine(scene.socket, 'POST', `/containers/${name}/start`);
  return { conflicts, starts: status === 204 || text };
}

const V4 = '127.0.0.1';
const PAIRS = [
  ['0.0.0.0', '::', true],
  ['', '::', false],
  ['::', '', false],
  ['', '0.0.0.0', false],
  ['', '', false],
  [V4, '0.0.0.0', false],
  [V4, '::', true],
  [V4, '127.0.0.2', true],
  [V4, '', false],
  ['::1', '::', false],
  ['::1', '0:0:0:0:0:0:0:1', false],
  ['::1', '0.0.0.0', true],
  ['::1', '', false],
  [V4, '::ffff:127.0.0.1', false],
] as const;

describeWithEngine('ports of other containers', { timeout: 60_000 }, () => {
  it.each(PAIRS)('conflict exactly where the engine says so: "%s" beside "%s"', async (theirs, own, starts) => {
    const port = ports();
    const other = await run(at(theirs, port));

    const found = await judged(at(own, port));

    expect(found).toEqual({
      conflicts: starts ? [] : [expect.stringMatching(new RegExp(`${port}/tcp .*${other}`, 'u'))],
      starts: starts || expect.any(String),
    });
  });

  it('conflict however the port is written', async () => {
    const port = ports();
    await run(at('', port));

    expect(await judged(at('', `0${port}`))).toMatchObject({
      conflicts: [expect.any(String)],
      starts: expect.any(String),
    });
  });

  it('do not conflict for another protocol, a stopped container, or no network', async () => {
    const port = ports();
    await run(at('', port, '80/udp'));
    await run(at('', port), { NetworkMode: 'none' });
    await mustCall(scene.socket, 'POST', `/containers/${await run(at('', port))}/stop?t=5`);

    expect(await judged(at('', port))).toEqual({ conflicts: [], starts: true });
  });

  it('conflict for a paused container', async () => {
    const port = ports();
    await mustCall(scene.socket, 'POST', `/containers/${await run(at('', port))}/pause`);

    expect(await judged(at('', port))).toMatchObject({ conflicts: [expect.any(String)], starts: expect.any(String) });
  });

  it('do not conflict on IPv4 and IPv6', async () => {
    const port = ports();
    for (const name of [await run(at('0.0.0.0', port)), await run(at('::', port))]) {
      const told = await prepare(scene, await scene.wanted(name, '2'));
      expect(told.plan.conflicts).toEqual([]);
      const { verdict, why } = await runHost(scene.engine, told.run);
      expect(verdict, why).toBe('deployed');
    }
  });

  it('do not conflict with a range that has enough free ports', async () => {
    const first = ports(3);
    const range = `${first}-${first + 2}`;
    const two = { ...at('', range), ...at('', range, '81/tcp') };
    // At that address: Docker 20.10 may take one that only another address has, and fails.
    await run(at('', first));
    expect(await judged(two)).toEqual({ conflicts: [], starts: true });

    const found = await judged(at('', range));

    expect(found).toEqual({ conflicts: [expect.stringContaining(range)], starts: expect.any(String) });
    expect(await judged(at('::1', range, '80/udp'))).toEqual({ conflicts: [], starts: true });
  });

  it('may change for a container with a range, and the card says so', async () => {
    const first = ports(3);
    const range = `${first}-${first + 2}`;
    const other = await run(at('', first));
    const name = await run(at('', range));
    await mustCall(scene.socket, 'DELETE', `/containers/${other}?force=true`);
    const told = await prepare(scene, await scene.wanted(name, '2'));

    expect(told.plan).toMatchObject({ strategy: 'stop-first', conflicts: [], changes: [] });
    expect(told.plan.warnings).toContainEqual(expect.stringMatching(new RegExp(`${range}.*now ${first + 1}`, 'u')));
    expect(told.plan.risks).toContainEqual({ kind: 'port', what: `0.0.0.0:${range}/tcp`, inherited: true });
    expect(await runHost(scene.engine, told.run)).toMatchObject({ verdict: 'deployed' });
  });

  it('that a container on the host network may use are reported', async () => {
    const port = ports();
    const host = uniqueName('proxy');
    await scene.run(host, '1', { HostConfig: { NetworkMode: 'host' }, ExposedPorts: { [`${port}/tcp`]: {} } });
    onTestFinished(async () => {
      await callEngine(scene.socket, 'DELETE', `/containers/${host}?force=true`);
    });
    const name = await run({});
    const plan = (mapping: string) =>
      scene
        .wanted(name, '2', { overrides: { ports: [mapping] } })
        .then((wanted) => planHost(scene.engine, 'web-1', wanted));

    expect((await plan(`${port}:80`)).warnings).toContainEqual(expect.stringContaining(host));
    expect((await plan(`${ports()}:80`)).warnings).not.toContainEqual(expect.stringContaining(host));
  });

  it('that the engine chooses are reported as changing', async () => {
    const name = await run({}, { PublishAllPorts: true });

    const { warnings } = await planHost(scene.engine, 'web-1', await scene.wanted(name, '2'));

    expect(warnings).toContainEqual(expect.stringContaining('each exposed port'));
  });
});
