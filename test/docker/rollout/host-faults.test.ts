import { expect, it, onTestFinished } from 'vitest';
import { mustCall } from '../../../playground/engine/api.ts';
import { importBusybox } from '../../../playground/engine/images.ts';
import { startRegistry } from '../../../playground/engine/registry.ts';
import type { Phase } from '../../../src/docker/rollout/types.ts';
import { describeWithEngine } from '../../bed/bed.ts';
import { during, expectServing, openShop, smallEngine, WAYS } from './host-faults.ts';

/** What goes wrong around a host in the middle of a rollout. */

describeWithEngine('a registry that goes down', { timeout: 60_000 }, () => {
  it.each(WAYS.flatMap((way) => (['pull', 'create', 'gate'] as const).map((at) => [way, at] as const)))(
    '%s, in the phase %s',
    async (way, at) => {
      const registry = await startRegistry();
      onTestFinished(() => registry.stop());
      const shop = await openShop(way, undefined, registry);
      await shop.scene.forget('2');

      const verdict = await during(shop, at, () => registry.stop());

      if (at === 'pull')
        expect(verdict).toMatchObject({
          verdict: 'failed_kept_old',
          phase: 'pull',
          blame: 'image',
          why: expect.stringContaining('connection refused'),
          downMs: undefined,
          containerId: shop.old,
        });
      else expect(verdict.verdict).toBe('deployed');
      await expectServing(shop, verdict.containerId);
    },
  );
});

describeWithEngine('an image that someone removes', { timeout: 60_000 }, () => {
  it.each(WAYS.flatMap((way) => (['pull', 'create'] as const).map((at) => [way, at] as const)))(
    '%s, in the phase %s: the old version keeps running',
    async (way, at) => {
      const shop = await openShop(way);
      const { scene } = shop;
      const gone = (await scene.wanted(shop.name, '2')).image.digest;

      const verdict = await during(shop, at, () =>
        mustCall(scene.socket, 'DELETE', `/images/${scene.repository}@${gone}?force=true`),
      );

      expect(verdict).toMatchObject({ verdict: 'failed_kept_old', phase: at, containerId: shop.old });
      expect(verdict.why).toMatch(/No such image/u);
      expect(verdict.tryThis).not.toBe('');
      await expectServing(shop, shop.old);
    },
  );

  it.each(WAYS)('%s, once the new version has passed: it serves and is tagged', async (way) => {
    const shop = await openShop(way);
    const { scene } = shop;
    const { digest } = (await scene.wanted(shop.name, '2')).image;

    const verdict = await during(shop, 'retain', () =>
      mustCall(scene.socket, 'DELETE', `/images/${scene.repository}@${digest}?force=true`),
    );

    expect(verdict).toMatchObject({ verdict: 'deployed', why: expect.not.stringContaining('docker tag') });
    await mustCall(scene.socket, 'GET', `/images/${scene.repository}:2/json`);
    await expectServing(shop, verdict.containerId);
  });
});

describeWithEngine('a full disk', { timeout: 180_000 }, () => {
  it('stop-first, in any phase: the old version serves in the end, with advice on disk space', async () => {
    const { socket, fill, empty } = await smallEngine();
    await importBusybox(socket, 'busybox:1.0');
    for (const at of IN_WAY) {
      const shop = await openShop('stop-first', socket);
      await shop.scene.forget('2');

      const verdict = await during(shop, at, fill);

      const isBefore = at === 'pull' || at === 'create' || at === 'stop-old';
      expect(verdict, at).toMatchObject({
        verdict: isBefore ? 'failed_kept_old' : 'rolled_back',
        phase: at === 'gate' ? 'promote' : at,
        blame: 'disk',
        why: expect.stringContaining('no space left on device'),
        tryThis: expect.arrayContaining([{ command: 'prune images --on web-1' }]),
        containerId: shop.old,
      });
      await expectServing(shop, shop.old);
      empty();
    }
  });

  it('start-first, in any phase: one version serves, and the verdict says which', async () => {
    const { socket, fill, empty } = await smallEngine();
    await importBusybox(socket, 'busybox:1.0');
    for (const at of [...BESIDE, ...LATE]) {
      const shop = await openShop('start-first', socket);
      await shop.scene.forget('2');

      let fresh = '';
      const verdict = await during(shop, at, (name) => {
        fresh = name;
        fill();
      });

      if (at === 'retain')
        expect(verdict).toMatchObject({
          verdict: 'deployed',
          why: expect.stringMatching(/^2 .* web-1: .*no space left on device.*`docker tag .*`/u),
        });
      else expect(verdict.why, at).toContain('no space left on device');
      if (!LATE.includes(at)) {
        expect(verdict, at).toMatchObject({
          verdict: 'failed_kept_old',
          phase: at === 'gate' ? 'promote' : at,
          blame: 'disk',
          downMs: undefined,
          tryThis: expect.arrayContaining([{ command: 'prune images --on web-1' }]),
          containerId: shop.old,
        });
        await expectServing(shop, shop.old);
      } else {
        expect(verdict, at).toMatchObject(LEFT[at] ?? {});
        const { State, NetworkSettings } = await shop.scene.inspect(fresh);
        expect(State.Running).toBe(true);
        expect(NetworkSettings.Networks[shop.network ?? '']?.Aliases).toContain('web');
      }
      empty();
    }
  });
});

const IN_WAY: readonly Phase[] = ['pull', 'create', 'stop-old', 'rename-old', 'rename-new', 'start', 'gate', 'promote'];
const BESIDE: readonly Phase[] = ['pull', 'create', 'start', 'gate', 'promote'];
/** Once the new version is found by the alias, it is what serves, whatever cannot be written down any more. */
const LATE: readonly Phase[] = ['drain', 'stop-old', 'rename-old', 'retain'];
/** The new version serves; whether the old one was stopped depends on when the disk was full. */
const PASSED = { verdict: 'needs_attention', blame: 'disk', runs: expect.stringMatching(/^(?:new|both)$/u) };
const LEFT: Partial<Record<Phase, object>> = {
  drain: { verdict: 'needs_attention', blame: 'disk', runs: 'both' },
  'stop-old': PASSED,
  'rename-old': PASSED,
};
