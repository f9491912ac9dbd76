import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, QUICK, type Raw, type Scene, SERVE } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  for (const [tag, changes] of Object.entries(VERSIONS)) await scene.publish(tag, changes);
});
afterAll(() => scene?.close());

/** A service of version 1. */
async function serving(body: Readonly<Record<string, unknown>> = {}) {
  const name = uniqueName('shop');
  const old = await scene.run(name, '1', {
    HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'always' } },
    ...body,
  });
  return { name, old };
}

const VERSIONS = {
  1: [SERVE],
  2: [SERVE],
  3: [SERVE],
  crashes: ['CMD ["sh","-c","echo token hunter2 is wrong >&2; exit 3"]'],
};

/** The old version is there under its name, with its restart policy, and nothing else is. */
async function expectOld(name: string, old: string, more: Record<string, string> = {}): Promise<Raw> {
  const now = await scene.inspect(name);
  expect(now.Id).toBe(old);
  expect(now.HostConfig['RestartPolicy']).toMatchObject({ Name: 'always' });
  expect(await scene.containers(name)).toEqual({ [name]: 'running', ...more });
  return now;
}

describeWithEngine('kept versions', { timeout: 60_000 }, () => {
  it('are the last versions and the last failure', async () => {
    const { name } = await serving();
    const rollout = { ...QUICK, stableFor: 50, keep: 1 };
    let last = '';
    for (const tag of ['crashes', '2', 'crashes', '3']) {
      const { run } = await prepare(scene, await scene.wanted(name, tag, { rollout }));
      await runHost(scene.engine, run);
      last = run.deployId;
    }

    expect(await scene.containers(name)).toEqual({ [name]: 'running', [`${name}.prev-${last}`]: 'exited' });
    const unchanged = await prepare(scene, await scene.wanted(name, '3', { rollout }));
    expect(unchanged.plan.unchanged).toBe(true);
    expect(await runHost(scene.engine, unchanged.run)).toMatchObject({ verdict: 'unchanged' });
    expect(unchanged.phases).toEqual([]);
  });

  it('are not touched while another rollout’s candidate exists', async () => {
    const { name, old } = await serving();
    const { run } = await prepare(scene, await scene.wanted(name, '2'));
    const body = { Image: 'busybox:1.0', Cmd: ['true'] };
    await mustCall(scene.socket, 'POST', `/containers/create?name=${name}.candidate`, body);
    onTestFinished(async () => {
      await callEngine(scene.socket, 'DELETE', `/containers/${name}.candidate`);
    });

    await expect(runHost(scene.engine, run)).rejects.toMatchObject({ reasons: [{ kind: 'conflict' }] });

    await expectOld(name, old, { [`${name}.candidate`]: 'created' });
  });
});
