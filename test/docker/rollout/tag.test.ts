import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { EngineError } from '../../../src/docker/client/engine-error.ts';
import { planHost } from '../../../src/docker/rollout/plan.ts';
import { runHost } from '../../../src/docker/rollout/run.ts';
import { describeWithEngine, uniqueName } from '../../bed/bed.ts';
import { openScene, prepare, QUICK, type Scene, SERVE } from './scene.ts';

let scene: Scene;
const digests: Record<string, string> = {};
beforeAll(async () => {
  if (!inject('bed')) return;
  scene = await openScene();
  for (const tag of ['1', '2']) digests[tag] = await scene.publish(tag, [SERVE]);
  digests['crashes'] = await scene.publish('crashes', ['CMD ["sh","-c","exit 3"]']);
  await mustCall(scene.socket, 'POST', `/images/${scene.repository}:1/tag?repo=${scene.repository}&tag=latest`);
  // Known on the host by nothing but what is fetched.
  for (const tag of ['2', 'crashes']) await scene.forget(tag);
});
afterAll(() => scene?.close());

const idOf = async (reference: string) =>
  (
    JSON.parse((await callEngine(scene.socket, 'GET', `/images/${scene.repository}${reference}/json`)).text) as {
      Id?: string;
    }
  ).Id;

async function deploy(name: string, version: string, tag: string) {
  const image = { repository: scene.repository, tag, digest: digests[version] as string };
  const { run, plan } = await prepare(
    scene,
    await scene.wanted(name, version, { image, rollout: { ...QUICK, stableFor: 500 } }),
  );
  return { plan, verdict: await runHost(scene.engine, run) };
}

describeWithEngine('the tag of a version on its host', { timeout: 60_000 }, () => {
  it('is moved only by versions that passed, in both directions', async () => {
    const name = uniqueName('shop');
    await scene.run(name, '1');
    const first = await idOf(':latest');

    expect((await deploy(name, 'crashes', 'latest')).verdict).toMatchObject({ verdict: 'rolled_back' });
    expect(await idOf(':latest')).toBe(first);

    expect((await deploy(name, '2', 'latest')).verdict).toMatchObject({ verdict: 'deployed' });
    expect(await idOf(':latest')).toBe(await idOf(`@${digests['2']}`));

    const back = await deploy(name, '1', 'latest');
    expect(back.plan).toMatchObject({ now: { tag: 'latest', digest: digests['2'] } });
    expect(back.verdict).toMatchObject({ verdict: 'deployed' });
    expect(await idOf(':latest')).toBe(first);
    expect((await scene.inspect(name)).Config['Image']).toBe(`${scene.repository}:latest@${digests['1']}`);
  });

  it('is only mentioned in the verdict when the engine refuses it, and the rollout finishes', async () => {
    const name = uniqueName('shop');
    const old = await scene.run(name, '1', {
      HostConfig: { NetworkMode: 'none', RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 4 } },
    });
    const wanted = await scene.wanted(name, '2', { rollout: { ...QUICK, keep: 0 } });
    const { run } = await prepare(scene, wanted);
    const tagImage = () => Promise.reject(new EngineError('no_space', 'no space left on device', 500));

    const verdict = await runHost({ ...scene.engine, tagImage }, run);

    expect(verdict).toMatchObject({
      verdict: 'deployed',
      why: expect.stringMatching(/web-1: no space left on device.*`docker tag .*:2`/u),
    });
    const { Id, HostConfig } = await scene.inspect(name);
    expect(Id).toBe(verdict.containerId);
    expect(Id).not.toBe(old);
    expect(HostConfig['RestartPolicy']).toEqual({ Name: 'on-failure', MaximumRetryCount: 4 });
    expect(await scene.containers(name)).toEqual({ [name]: 'running' });
  });

  it.each([
    ['a digest', (repository: string, _: string, digest: string) => `${repository}@${digest}`],
    ['an image id', (_: string, id: string) => id],
    ['the beginning of an image id', (_: string, id: string) => id.replace('sha256:', '').slice(0, 12)],
  ])('is unknown for a container created from %s', async (_, typed) => {
    const name = uniqueName('shop');
    const digest = digests['1'] as string;
    const id = (await idOf(`@${digest}`)) ?? '';
    await mustCall(scene.socket, 'POST', `/containers/create?name=${name}`, {
      Image: typed(scene.repository, id, digest),
      HostConfig: { NetworkMode: 'none' },
    });

    const { now } = await planHost(scene.engine, 'web-1', await scene.wanted(name, '1'));
    expect(now).toMatchObject({ tag: undefined, digest });
    await mustCall(scene.socket, 'DELETE', `/containers/${name}?force=true`);
  });
});
