import { expect, it, onTestFinished } from 'vitest';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, SERVE, WELL } from './scene.ts';

describeWithEngine('a stop-first rollout', { timeout: 60_000 }, () => {
  it('replaces the old version and keeps it', async () => {
    const scene = await openScene();
    const name = uniqueName('shop');
    onTestFinished(() => scene.close());
    await scene.publish('1', [SERVE]);
    const digest = await scene.publish('2', [SERVE, WELL]);
    const old = await scene.run(name, '1', {
      HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'unless-stopped' } },
      Env: ['A=1'],
    });
    await scene.forget('2');
    const { run, plan, phases } = await prepare(scene, await scene.wanted(name, '2'));

    const verdict = await runHost(scene.engine, run);

    expect(plan).toMatchObject({
      strategy: 'stop-first',
      imagePresent: false,
      conflicts: [],
      changes: [],
      unchanged: false,
    });
    expect(verdict).toMatchObject({ verdict: 'deployed', strength: 'health check', phase: 'retain' });
    expect(phases).toEqual([
      'pull',
      'create',
      'stop-old',
      'rename-old',
      'rename-new',
      'start',
      'gate',
      'promote',
      'retain',
    ]);
    const now = await scene.inspect(name);
    expect(now.Id).toBe(verdict.containerId);
    expect(now.Config).toMatchObject({
      Env: expect.arrayContaining(['A=1']),
      Image: `${scene.repository}:2@${digest}`,
      Labels: { 'fairlead.deploy': run.deployId, 'fairlead.prev': old, salt: '2' },
    });
    expect(now.HostConfig['RestartPolicy']).toMatchObject({ Name: 'unless-stopped' });
    expect(await scene.containers(name)).toEqual({ [name]: 'running', [`${name}.prev-${run.deployId}`]: 'exited' });
  });
});
