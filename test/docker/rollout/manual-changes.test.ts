import { expect, it, onTestFinished } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import type { Engine } from '../../../src/docker/client/engine.ts';
import { describeWithEngine } from '../../bed/bed.ts';
import { during, expectServing, openShop, type Shop } from './host-faults.ts';

const act = ({ scene }: Shop, method: string, path: string) => mustCall(scene.socket, method, `/containers/${path}`);

describeWithEngine('manual changes during a stop-first rollout', { timeout: 60_000 }, () => {
  it('a stop of the old version does no harm', async () => {
    const shop = await openShop('stop-first');

    const verdict = await during(shop, 'create', () => act(shop, 'POST', `${shop.old}/stop`));

    expect(verdict).toMatchObject({ verdict: 'deployed' });
    await expectServing(shop, verdict.containerId);
  });

  it('a removal of the old version leaves nothing to roll back to', async () => {
    const shop = await openShop('stop-first');

    const verdict = await during(shop, 'create', () => act(shop, 'DELETE', `${shop.old}?force=true`));

    expect(verdict).toMatchObject({
      verdict: 'needs_attention',
      runs: 'neither',
    });
    expect(await shop.scene.containers(shop.name)).toEqual({});
  });

  it.each([
    ['kills', 'POST', 'kill', 'was stopped by someone (exit code 137)'],
    ['stops', 'POST', 'stop', 'was stopped by someone (exit code 0)'],
    ['removes', 'DELETE', '?force=true', 'Someone removed'],
    ['pauses', 'POST', 'pause', 'Someone paused'],
  ])('someone %s the new version while it is watched: the old one is restored', async (_, method, what, why) => {
    const shop = await openShop('stop-first');
    const path = what.startsWith('?') ? `${shop.name}${what}` : `${shop.name}/${what}`;

    const verdict = await during(shop, 'gate', () => act(shop, method, path));

    expect(verdict).toMatchObject({
      verdict: 'rolled_back',
      phase: 'gate',
      blame: 'person',
      why: expect.stringContaining(why),
      tryThis: expect.stringContaining('Find out who'),
    });
    await expectServing(shop, shop.old);
  });

  it('someone removes the new version while its evidence is collected: the old one is restored', async () => {
    const shop = await openShop('stop-first');
    const { scene, name, old } = shop;
    let fresh = '';
    const engine: Engine = {
      ...scene.engine,
      async info(options) {
        // Evidence asks for it once it has seen the container.
        if (fresh !== '') await callEngine(scene.socket, 'DELETE', `/containers/${fresh}?force=true`);
        return scene.engine.info(options);
      },
    };

    const verdict = await during({ ...shop, scene: { ...scene, engine } }, 'gate', async () => {
      fresh = (await scene.inspect(name)).Id;
      await act(shop, 'POST', `${fresh}/kill`);
    });

    expect(verdict).toMatchObject({
      verdict: 'rolled_back',
      blame: 'person',
      evidence: { state: 'removed by someone', exitCode: 137 },
    });
    await expectServing(shop, old);
  });

  it('a container that takes the name: the old version runs under another name, with recovery steps', async () => {
    const shop = await openShop('stop-first');
    const { scene, name, old } = shop;
    onTestFinished(async () => {
      await callEngine(scene.socket, 'DELETE', `/containers/${name}?force=true`);
    });
    const other = { Image: 'busybox:1.0', Cmd: ['true'] };
    const take = () => mustCall(scene.socket, 'POST', `/containers/create?name=${name}`, other);

    const verdict = await during(shop, 'rename-new', take);

    expect(verdict).toMatchObject({
      verdict: 'needs_attention',
      phase: 'rename-new',
      runs: 'old',
      why: expect.stringContaining(`${name}.prev-`),
      tryThis: expect.stringContaining(`docker rename ${old.slice(0, 12)} ${name}`),
    });
    expect(await scene.inspect(old)).toMatchObject({
      State: { Running: true },
      HostConfig: { RestartPolicy: { Name: 'always' } },
    });
    expect((await scene.inspect(name)).Config['Image']).toBe('busybox:1.0');
  });
});

describeWithEngine('manual changes during a start-first rollout', { timeout: 60_000 }, () => {
  it.each([
    ['gate', 'stops', 'POST', '/stop'],
    ['gate', 'removes', 'DELETE', '?force=true'],
    ['drain', 'removes', 'DELETE', '?force=true'],
    ['stop-old', 'removes', 'DELETE', '?force=true'],
  ] as const)('in the phase %s, someone %s the old version: no harm', async (at, _, method, what) => {
    const shop = await openShop('start-first');

    const verdict = await during(shop, at, () => act(shop, method, `${shop.old}${what}`));

    expect(verdict).toMatchObject({ verdict: 'deployed' });
    await expectServing(shop, verdict.containerId);
  });

  it.each([
    ['gate', 'kills', 'POST', '/kill', '137'],
    ['gate', 'removes', 'DELETE', '?force=true', ''],
    ['promote', 'kills', 'POST', '/kill', '137'],
    ['drain', 'kills', 'POST', '/kill', '137'],
    ['drain', 'removes', 'DELETE', '?force=true', ''],
    ['stop-old', 'kills', 'POST', '/kill', '137'],
    ['rename-old', 'removes', 'DELETE', '?force=true', ''],
  ] as const)('in the phase %s, someone %s the new version: the old one serves', async (at, _, method, what, why) => {
    const shop = await openShop('start-first');

    const verdict = await during(shop, at, (fresh) => act(shop, method, `${fresh}${what}`));

    const isBefore = at === 'gate' || at === 'promote';
    expect(verdict).toMatchObject({
      verdict: isBefore ? 'failed_kept_old' : 'rolled_back',
      blame: 'person',
      containerId: shop.old,
    });
    expect(verdict.why).toContain(why);
    await expectServing(shop, shop.old);
  });
});
