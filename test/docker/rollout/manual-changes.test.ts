import { expect, it, onTestFinished } from 'vitest';
import { callEngine, mustCall } from '../../../playground/engine/api.ts';
import { describeWithEngine } from '../../bed/bed.ts';
import { during, expectServing, openShop, type Shop } from './host-faults.ts';

const act = ({ scene }: Shop, method: string, path: string) => mustCall(scene.socket, method, `/containers/${path}`);

describeWithEngine('somebody who is at work on the host too', { timeout: 60_000 }, () => {
  it('stops the old version before its turn: that saves a step', async () => {
    const shop = await openShop('stop-first');

    const verdict = await during(shop, 'create', () => act(shop, 'POST', `${shop.old}/stop`));

    expect(verdict).toMatchObject({ verdict: 'deployed' });
    await expectServing(shop, verdict.containerId);
  });

  it('removes the old version: nothing is left to go back to, and that is said', async () => {
    const shop = await openShop('stop-first');

    const verdict = await during(shop, 'create', () => act(shop, 'DELETE', `${shop.old}?force=true`));

    expect(verdict).toMatchObject({
      verdict: 'needs_attention',
      why: expect.stringMatching(/somebody removed it\. Neither version runs\.$/u),
    });
    expect(await shop.scene.containers(shop.name)).toEqual({});
  });

  it.each([
    ['kills', 'POST', 'kill', /exit code 137/u],
    ['removes', 'DELETE', '?force=true', /somebody removed it/u],
    ['pauses', 'POST', 'pause', /Somebody paused it/u],
  ])('%s the new version while it is watched: the old one serves again', async (_, method, what, why) => {
    const shop = await openShop('stop-first');
    const path = what.startsWith('?') ? `${shop.name}${what}` : `${shop.name}/${what}`;

    const verdict = await during(shop, 'gate', () => act(shop, method, path));

    expect(verdict).toMatchObject({ verdict: 'rolled_back', phase: 'gate', why: expect.stringMatching(why) });
    await expectServing(shop, shop.old);
  });

  it('takes the name meanwhile: the old version serves under another, and what to type is said', async () => {
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
      why: expect.stringMatching(
        new RegExp(
          `Another container has the name ${name}, so the old one has to do with another\\. The old version runs, as ${name}\\.prev-`,
          'u',
        ),
      ),
      tryThis: expect.stringContaining(`docker rename ${old.slice(0, 12)} ${name}`),
    });
    expect(await scene.inspect(old)).toMatchObject({
      State: { Running: true },
      HostConfig: { RestartPolicy: { Name: 'always' } },
    });
    expect((await scene.inspect(name)).Config['Image']).toBe('busybox:1.0');
  });
});

describeWithEngine('somebody who is at work on the host too, start-first', { timeout: 60_000 }, () => {
  it.each([
    ['gate', 'stops', 'POST', '/stop'],
    ['gate', 'removes', 'DELETE', '?force=true'],
    ['drain', 'removes', 'DELETE', '?force=true'],
    ['stop-old', 'removes', 'DELETE', '?force=true'],
  ] as const)('in the phase %s, %s the old version: that saves a step', async (at, _, method, what) => {
    const shop = await openShop('start-first');

    const verdict = await during(shop, at, () => act(shop, method, `${shop.old}${what}`));

    expect(verdict).toMatchObject({ verdict: 'deployed' });
    await expectServing(shop, verdict.containerId);
  });

  it.each([
    ['gate', 'kills', 'POST', '/kill', /^It ended with exit code 137\. The old version was never stopped\.$/u],
    ['gate', 'removes', 'DELETE', '?force=true', /^The container is gone: somebody removed it\. The old version was/u],
    ['promote', 'kills', 'POST', '/kill', /^It ended with exit code 137\. The old version was never stopped\.$/u],
    ['drain', 'kills', 'POST', '/kill', /^It ended with exit code 137\. The old version serves again\.$/u],
    ['drain', 'removes', 'DELETE', '?force=true', /somebody removed it\. The old version serves again\.$/u],
    ['stop-old', 'kills', 'POST', '/kill', /^It had passed, and then: .*exit code 137\. The old version serves again/u],
    [
      'rename-old',
      'removes',
      'DELETE',
      '?force=true',
      /^It had passed, and then somebody removed it\. The old version/u,
    ],
  ] as const)('in the phase %s, %s the new version: the old one serves', async (at, _, method, what, why) => {
    const shop = await openShop('start-first');

    const verdict = await during(shop, at, (fresh) => act(shop, method, `${fresh}${what}`));

    const isBefore = at === 'gate' || at === 'promote';
    expect(verdict).toMatchObject({
      verdict: isBefore ? 'failed_kept_old' : 'rolled_back',
      why: expect.stringMatching(why),
      containerId: shop.old,
    });
    await expectServing(shop, shop.old);
  });
});
