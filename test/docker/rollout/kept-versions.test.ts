import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine } from '../../bed/bed.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from './scene.ts';
import { expectOld, serving } from './serving.ts';

let scene: Scene;
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  for (const [tag, changes] of Object.entries(VERSIONS)) await scene.publish(tag, changes);
});
afterAll(() => scene?.close());

const VERSIONS = {
  1: [SERVE],
  2: [SERVE],
  3: [SERVE],
  crashes: ['CMD ["sh","-c","echo token hunter2 is wrong >&2; exit 3"]'],
};

describeWithEngine('kept versions', { timeout: 60_000 }, () => {
  it('are the last versions and the last failure', async () => {
    const { name } = await serving(scene);
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

  it('are none that somebody renamed, which the next plan warns of', async () => {
    const { name } = await serving(scene);
    const { run } = await prepare(scene, await scene.wanted(name, '2'));
    await runHost(scene.engine, run);
    await mustCall(scene.socket, 'POST', `/containers/${name}/rename?name=${name}-spare`);
    onTestFinished(async () => {
      await callEngine(scene.socket, 'DELETE', `/containers/${name}-spare?force=1`);
    });
    await scene.run(name, '1');

    const { plan } = await prepare(scene, await scene.wanted(name, '3'));

    expect(plan.warnings.filter((warning) => JSON.stringify(warning).includes(`${name}-spare`))).toHaveLength(1);
  });

  it('are not touched while another rollout’s candidate exists', async () => {
    const { name, old } = await serving(scene);
    const { run } = await prepare(scene, await scene.wanted(name, '2'));
    const body = { Image: 'busybox:1.0', Cmd: ['true'] };
    await mustCall(scene.socket, 'POST', `/containers/create?name=${name}.candidate`, body);
    onTestFinished(async () => {
      await callEngine(scene.socket, 'DELETE', `/containers/${name}.candidate`);
    });

    await expect(runHost(scene.engine, run)).rejects.toMatchObject({ reasons: [{ kind: 'conflict' }] });

    await expectOld(scene, { name, old }, { [`${name}.candidate`]: 'created' });
  });
});
