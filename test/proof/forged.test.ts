import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../registry/server.ts';
import { BUNDLES } from './bundle-cases.ts';
import { BY_KEY, KEYLESS } from './cases.ts';
import { forged, type Row, TEAM } from './forging.ts';
import { configOf, never, proofsOf } from './rules.ts';
import { serveShop } from './served.ts';
import { Shop } from './shop.ts';
import type { Layout } from './sign.ts';
import { createWorld, keyPair, pemOf, type World } from './world.ts';

const LAYOUTS = ['bundle', 'tag', 'attestation'] as const;
const key = keyPair();
const GOOD = forged(() => ({}));
let world: World;
let evil: World;
let registry: Awaited<ReturnType<typeof serve>>;
let shop = new Shop();

beforeAll(async () => {
  [world, evil] = await Promise.all([createWorld(), createWorld()]);
  registry = await serve(serveShop(() => shop));
});
afterAll(() => registry[Symbol.asyncDispose]());

/** What Fairlead says of the image after `put`. */
async function judged(put: Row['put'], layout: Layout, byKey: boolean) {
  shop = new Shop();
  const [digest, other] = [shop.image('one'), shop.image('other')];
  await put({ layout, shop, digest, other, world, evil, key, byKey });
  const signer = byKey ? { key: 'cosign.pub' } : { issuer: TEAM.issuer, identity: TEAM.subject };
  const rule = { images: ['**/shop'], signers: [signer], trustedRoot: 'root.json' };
  const config = configOf(registry.host, [rule], { 'cosign.pub': pemOf(key), 'root.json': world.root() });
  return proofsOf(config).check({ registry: registry.host, path: 'shop', digest }, never);
}

const all = LAYOUTS.flatMap((layout) => [
  ...KEYLESS.map((row) => ({ ...row, layout, byKey: false })),
  ...BY_KEY.map((row) => ({ ...row, layout, byKey: true })),
  ...(layout === 'bundle' ? BUNDLES.map((row) => ({ ...row, layout, byKey: false })) : []),
]);

describe('forged images are refused', () => {
  it('there are enough kinds of forgery', () => {
    expect(all.length).toBeGreaterThan(120);
  });

  it.each(all)('$layout, $byKey: $name', async ({ put, layout, byKey, found }) => {
    const proof = await judged(put, layout, byKey);

    expect(proof).toMatchObject({ ok: false });
    const codes = proof?.ok === false ? proof.found.map(({ code }) => code) : [];
    expect(codes).toEqual(found === 'none' ? [] : [found]);
  });
});

describe('good images are accepted', () => {
  it.each(LAYOUTS)('%s, with a certificate', async (layout) => {
    const by = { kind: 'keyless', identity: TEAM.subject, issuer: TEAM.issuer };
    expect(await judged(GOOD, layout, false)).toMatchObject({ ok: true, by, built: { commit: TEAM.commit } });
  });

  it.each(LAYOUTS)('%s, by a key', async (layout) => {
    expect(await judged(GOOD, layout, true)).toMatchObject({ ok: true, by: { kind: 'key', key: 'cosign.pub' } });
  });

  it.each(LAYOUTS)('%s, by a key that no log has seen', async (layout) => {
    const put = forged(() => ({ loggedAt: 'never' }));
    expect(await judged(put, layout, true)).toMatchObject({ ok: true });
  });

  it.each(LAYOUTS)('%s, beside forged ones', async (layout) => {
    const put: Row['put'] = async (stage) => {
      const forgeries = ['bundle', 'tag', 'attestation'] as const;
      for (const other of forgeries.filter((one) => one !== layout))
        await forged(({ other: image }) => ({ digest: image, layout: other }))({ ...stage, layout: other });
      await GOOD(stage);
    };
    expect(await judged(put, layout, false)).toMatchObject({ ok: true });
  });
});
