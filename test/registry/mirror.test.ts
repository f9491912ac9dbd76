import { expect, it } from 'vitest';
import { parseReference } from '../../src/domain/reference.ts';
import { readBlob } from '../../src/registry/blob.ts';
import { createRegistries } from '../../src/registry/client.ts';
import { registryUserError } from '../../src/registry/explain.ts';
import { readManifest } from '../../src/registry/manifest.ts';
import { type MemoryRegistry, memoryRegistry, OCI } from './memory-registry.ts';
import { ACCOUNT, BASIC, configWith, never, serve, tagsWith } from './server.ts';

/** A registry, and one in front of it that has its repositories below `hub`. */
async function pair(mirrors: readonly string[] = ['hub/shop'], fault?: Parameters<typeof memoryRegistry>[0]) {
  const origin = await memoryRegistry();
  const mirror = await memoryRegistry(fault);
  const layer = image(origin, 'shop');
  for (const repository of mirrors) image(mirror, repository);
  const registries = createRegistries(
    configWith({ [origin.host]: { mirror: `${mirror.host}/hub` }, [mirror.host]: {} }),
  );
  return {
    origin,
    mirror,
    layer,
    registries,
    shop: registries.repository(parseReference(`${origin.host}/shop:1.0.0`)),
    async [Symbol.asyncDispose]() {
      await Promise.all([origin[Symbol.asyncDispose](), mirror[Symbol.asyncDispose]()]);
    },
  };
}

function image(registry: MemoryRegistry, repository: string): string {
  const config = registry.blob(repository, '{}', OCI.config);
  const layer = registry.blob(repository, 'a layer', OCI.layer);
  registry.manifest(repository, { schemaVersion: 2, mediaType: OCI.manifest, config, layers: [layer] }, '1.0.0');
  return layer.digest;
}

it('manifests and layers are read from the mirror, and the registry is not asked', async () => {
  await using it = await pair();

  await readManifest(it.shop, '1.0.0', never);
  expect((await readBlob(it.shop, it.layer, { most: 100, signal: never })).toString()).toBe('a layer');

  expect(it.origin.asked).toEqual([]);
  expect(it.mirror.asked).toContain('GET /v2/hub/shop/manifests/1.0.0');
});

it('what the mirror does not have comes from the registry', async () => {
  await using it = await pair([]);

  expect((await readManifest(it.shop, '1.0.0', never)).kind).toBe('image');

  expect(it.mirror.asked).not.toEqual([]);
});

it('writes go to the registry', async () => {
  await using it = await pair();
  const shop = it.registries.repository(parseReference(`${it.origin.host}/shop`), 'push');

  const response = await shop.ask({ method: 'POST', url: shop.url('blobs/uploads/'), signal: never });
  await response.body?.cancel();

  expect(it.mirror.asked).toEqual([]);
});

it('a mirror that gives no answer costs one wait, and is left alone for a while', async () => {
  let asked = 0;
  await using it = await pair([], {
    fault: () => {
      asked += 1;
      return true;
    },
  });

  await readManifest(it.shop, '1.0.0', never);
  await readManifest(it.shop, '1.0.0', never);

  expect(asked).toBe(1);
});

it('where neither answers, the error is that of the registry and names the mirror', async () => {
  await using gone = await serve((_, response) => void response.writeHead(500).end());
  const registries = createRegistries(configWith({ '127.0.0.1:9': { mirror: `${gone.host}/hub` }, [gone.host]: {} }));
  const shop = registries.repository(parseReference('127.0.0.1:9/shop:1.0.0'));

  const error = await readManifest(shop, '1.0.0', never).catch((thrown) => thrown);

  expect(error).toMatchObject({
    registry: '127.0.0.1:9',
    fault: 'unreachable',
    mirror: { name: gone.host, why: 'HTTP 500' },
  });
  expect(registryUserError(error, parseReference('127.0.0.1:9/shop:1.0.0'), (text) => text).message).toContain(
    gone.host,
  );
});

it('the pages of a list come from where the first did, whatever path the mirror has them under', async () => {
  await using mirror = await serve(({ url = '' }, response) => {
    const next = url.includes('last=') ? {} : { link: '</v2/hub/shop/tags/list?last=1.0.0>; rel="next"' };
    const tags = url.includes('last=') ? ['1.1.0'] : ['1.0.0'];
    response.writeHead(url.startsWith('/v2/hub/shop/tags/list') ? 200 : 404, next).end(JSON.stringify({ tags }));
  });
  await using origin = await serve((_, response) => void response.writeHead(404).end());
  const tags = tagsWith({ [origin.host]: { mirror: `${mirror.host}/hub` }, [mirror.host]: {} });

  expect(await tags.list(origin.shop, never)).toEqual({ tags: ['1.1.0', '1.0.0'], cut: false });
});

it('each gets its own account and not that of the other', async () => {
  const seen: Record<'mirror' | 'origin', (string | undefined)[]> = { mirror: [], origin: [] };
  const asking = (name: keyof typeof seen) =>
    serve(({ headers }, response) => {
      seen[name].push(headers.authorization);
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    });
  await using mirror = await asking('mirror');
  await using origin = await asking('origin');
  const tags = tagsWith({
    [origin.host]: { mirror: mirror.host, username: 'other', password: 'secret' },
    [mirror.host]: ACCOUNT,
  });

  await tags.digest(origin.shop, never);

  const other = `Basic ${Buffer.from('other:secret').toString('base64')}`;
  expect([...new Set(seen.mirror)]).toEqual([undefined, BASIC]);
  expect([...new Set(seen.origin)]).toEqual([undefined, other]);
});

it('a mirror that is not among the registries, or is the registry itself, is refused', () => {
  expect(() => configWith({ 'docker.io': { mirror: 'mirror.example.com' } })).toThrow('mirror.example.com');
  expect(() => configWith({ 'docker.io': { mirror: 'docker.io/hub' } })).toThrow('registries.docker.io.mirror');
});
