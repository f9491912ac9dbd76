import { afterAll, beforeAll, expect, it } from 'vitest';
import { serve } from '../registry/server.ts';
import { TEAM } from './forging.ts';
import { configOf, never, proofsOf } from './rules.ts';
import { serveShop } from './served.ts';
import { OCI_INDEX, OCI_MANIFEST, Shop } from './shop.ts';
import { type Layout, provenance, type Recipe, signed } from './sign.ts';
import { createWorld, keyPair, pemOf, type World } from './world.ts';

const LAYOUTS = ['bundle', 'tag', 'attestation'] as const;
const key = keyPair();
let world: World;
let registry: Awaited<ReturnType<typeof serve>>;
let shop = new Shop();

beforeAll(async () => {
  world = await createWorld();
  registry = await serve(serveShop(() => shop));
});
afterAll(() => registry[Symbol.asyncDispose]());

const KEYLESS = { issuer: TEAM.issuer, identity: 'https://github.com/acme/**' };

async function judge(digest: string, { host = registry.host, root = world.root(), ...rule }: Judging = {}) {
  const rules = [{ images: ['**/shop'], signers: [KEYLESS], trustedRoot: 'root.json', ...rule }];
  const config = configOf(host, rules, { 'cosign.pub': pemOf(key), 'root.json': root });
  const proof = await proofsOf(config).check({ registry: host, path: 'shop', digest }, never);
  if (proof?.ok !== false) return proof;
  return { why: proof.why, found: proof.found.map(({ code }) => code) };
}
interface Judging {
  readonly host?: string;
  readonly root?: string;
  readonly signers?: readonly object[];
  readonly provenance?: object;
  readonly trustedRoot?: undefined;
}

async function sign(digest: string, layout: Layout, more: Partial<Recipe> = {}): Promise<void> {
  shop.sign(digest, await signed({ layout, digest, world, by: TEAM, ...more }));
}

it.each(LAYOUTS)('%s: an authority that had ended is trusted for nothing later', async (layout) => {
  shop = new Shop();
  const digest = shop.image('one');
  await sign(digest, layout);

  expect(await judge(digest)).toMatchObject({ ok: true });
  const root = world.root({ authorityEnds: new Date(Date.now() - 60_000) });
  expect(await judge(digest, { root })).toEqual({ why: 'refused', found: ['certificate'] });
});

it.each(LAYOUTS)('%s: the public root trusts no other Sigstore, and is shipped', async (layout) => {
  shop = new Shop();
  const digest = shop.image('one');
  await sign(digest, layout);

  expect(await judge(digest, { trustedRoot: undefined })).toEqual({ why: 'refused', found: ['certificate'] });
});

it.each(LAYOUTS)('%s: a signature of one platform is none of the index, nor the other way round', async (layout) => {
  shop = new Shop();
  const [one, two] = [shop.image('one'), shop.image('two')];
  const index = shop.index([one, two]);
  await sign(one, layout);

  expect(await judge(one)).toMatchObject({ ok: true });
  expect(await judge(index)).toEqual({ why: 'unsigned', found: [] });

  shop = new Shop();
  shop.image('one');
  shop.image('two');
  shop.index([one, two]);
  await sign(index, layout);

  expect(await judge(index)).toMatchObject({ ok: true });
  expect(await judge(one)).toEqual({ why: 'unsigned', found: [] });
});

it('a bundle copied to another image of the repository proves nothing there', async () => {
  shop = new Shop();
  const [good, bad] = [shop.image('good'), shop.image('bad')];
  for (const layout of LAYOUTS) shop.sign(bad, await signed({ layout, digest: good, world, by: TEAM }));

  const all = await judge(bad);
  expect(all).toEqual({ why: 'refused', found: ['other_image', 'other_image', 'other_image'] });
});

it('referrers are found by the fallback tag of a registry without the list', async () => {
  shop = new Shop();
  await using old = await serve(serveShop(() => shop, { referrers: false }));
  const digest = shop.image('one');
  await sign(digest, 'bundle');

  expect(await judge(digest, { host: old.host })).toEqual({ why: 'unsigned', found: [] });
  shop.fallBack();
  expect(await judge(digest, { host: old.host })).toMatchObject({ ok: true });
});

it('a registry that fails or is not there proves nothing, and is not said to have no signature', async () => {
  shop = new Shop();
  const digest = shop.image('one');
  await using broken = await serve((_, response) => response.writeHead(500).end('<html>'));
  const gone = await serve(() => {});
  await gone[Symbol.asyncDispose]();

  for (const host of [broken.host, gone.host])
    expect(await judge(digest, { host })).toEqual({ why: 'unknown', found: ['unread', 'unread', 'unread'] });
});

it('one part of a registry that fails does not hide a good signature in another', async () => {
  shop = new Shop();
  const digest = shop.image('one');
  await sign(digest, 'tag');
  const listener = serveShop(() => shop);
  await using half = await serve((request, response) =>
    request.url?.includes('referrers') ? response.writeHead(503).end() : listener(request, response),
  );

  expect(await judge(digest, { host: half.host })).toMatchObject({ ok: true });
});

it('a crowd of signatures is looked at up to a bound, and that is said', async () => {
  shop = new Shop();
  const [digest, other] = [shop.image('one'), shop.image('other')];
  for (let count = 0; count < 40; count += 1)
    await sign(digest, 'bundle', { digest: other, by: key, loggedAt: 'never' });

  const all = await judge(digest, { signers: [{ key: 'cosign.pub' }] });
  expect(all).toMatchObject({ why: 'refused', found: expect.arrayContaining(['cut']) });
});

it('a root without logs needs none: a Sigstore of its own', async () => {
  const own = await createWorld({ hasCertificateLog: false });
  shop = new Shop();
  const digest = shop.image('one');
  shop.sign(digest, await signed({ layout: 'bundle', digest, world: own, by: TEAM }));

  expect(await judge(digest, { root: own.root() })).toMatchObject({ ok: true });
  // Where the root has a certificate log, a certificate has to be in it.
  const mixed = JSON.stringify({ ...JSON.parse(own.root()), ctlogs: JSON.parse(world.root()).ctlogs });
  expect(await judge(digest, { root: mixed })).toEqual({ why: 'refused', found: ['certificate'] });
});

const SAYS = { repository: 'https://github.com/acme/shop', branch: 'main' };
const BUILDER = { builder: 'https://github.com/actions/runner/github-hosted' };

it.each([
  { name: 'what it asks for', asked: { ...SAYS, ...BUILDER }, ok: true },
  { name: 'another repository', asked: { ...SAYS, repository: 'https://github.com/acme/cart' }, ok: false },
  { name: 'another branch', asked: { ...SAYS, branch: 'release' }, ok: false },
  { name: 'another builder', asked: { ...SAYS, builder: 'https://github.com/evil/runner' }, ok: false },
  { name: 'a branch that begins the same', asked: { ...SAYS, branch: 'mai' }, ok: false },
])('a provenance with $name', async ({ asked, ok }) => {
  for (const layout of ['bundle', 'attestation'] as const) {
    shop = new Shop();
    const digest = shop.image('one');
    await sign(digest, layout, { payload: provenance(digest) });

    const wanted = ok ? { ok: true, built: { ...BUILDER, repository: SAYS.repository } } : { why: 'provenance' };
    expect(await judge(digest, { provenance: asked })).toMatchObject(wanted);
  }
});

it('a signature without a provenance does not satisfy a rule that asks for one', async () => {
  shop = new Shop();
  const digest = shop.image('one');
  for (const layout of LAYOUTS) await sign(digest, layout);

  expect(await judge(digest, { provenance: SAYS })).toMatchObject({ why: 'provenance' });
});

it('a provenance that contradicts its certificate is refused', async () => {
  shop = new Shop();
  const digest = shop.image('one');
  const by = { ...TEAM, repository: 'https://github.com/acme/other' };
  await sign(digest, 'bundle', { by, payload: provenance(digest) });

  expect(await judge(digest, { provenance: SAYS })).toMatchObject({ why: 'provenance' });
});

it('every rule that covers a repository has to be satisfied', async () => {
  shop = new Shop();
  const digest = shop.image('one');
  await sign(digest, 'bundle');
  const files = { 'cosign.pub': pemOf(key), 'root.json': world.root() };
  const rule = { images: ['**/shop'], signers: [KEYLESS], trustedRoot: 'root.json' };
  const check = (rules: readonly object[]) =>
    proofsOf(configOf(registry.host, rules, files)).check({ registry: registry.host, path: 'shop', digest }, never);

  expect(await check([rule, { ...rule, images: ['**'] }])).toMatchObject({
    ok: true,
    rules: ['images.verify[0]', 'images.verify[1]'],
  });
  expect(await check([rule, { ...rule, signers: [{ key: 'cosign.pub' }] }])).toMatchObject({
    ok: false,
    rule: 'images.verify[1]',
  });
  expect(await check([{ ...rule, images: ['**/cart'] }])).toBeUndefined();
});

it('a good answer is kept for a moment, a bad one is not', async () => {
  shop = new Shop();
  const digest = shop.image('one');
  const rule = { images: ['**/shop'], signers: [KEYLESS], trustedRoot: 'root.json' };
  const proofs = proofsOf(configOf(registry.host, [rule], { 'root.json': world.root() }));
  const image = { registry: registry.host, path: 'shop', digest };

  expect(await proofs.check(image, never)).toMatchObject({ ok: false, why: 'unsigned' });
  await sign(digest, 'tag');
  expect(await proofs.check(image, never)).toMatchObject({ ok: true });
  shop = new Shop();
  expect(await proofs.check(image, never)).toMatchObject({ ok: true });
  expect(await proofs.check({ ...image, path: 'evil/shop' }, never)).toMatchObject({ ok: false });
});

it('what BuildKit says of an image is read, and proves nothing', async () => {
  shop = new Shop();
  const child = shop.image('one');
  const statement = shop.blob(Buffer.from(provenance(child)));
  const layer = {
    mediaType: 'application/vnd.in-toto+json',
    ...statement,
    annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' },
  };
  const { digest: attestations } = shop.manifest({ schemaVersion: 2, mediaType: OCI_MANIFEST, layers: [layer] });
  const annotations = { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': child };
  const manifests = [
    { mediaType: OCI_MANIFEST, digest: child, size: 1 },
    { mediaType: OCI_MANIFEST, digest: attestations, size: 1, annotations },
  ];
  const { digest } = shop.manifest({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  const rule = { images: ['**/shop'], signers: [KEYLESS], provenance: SAYS, trustedRoot: 'root.json' };
  const proofs = proofsOf(configOf(registry.host, [rule], { 'root.json': world.root() }));
  const image = { registry: registry.host, path: 'shop', digest };

  expect(await proofs.claimed(image, never)).toMatchObject({ repository: SAYS.repository, ...BUILDER });
  expect(await proofs.check(image, never)).toMatchObject({ ok: false, why: 'unsigned' });
  expect(await proofs.claimed({ ...image, digest: child }, never)).toBeUndefined();
});
